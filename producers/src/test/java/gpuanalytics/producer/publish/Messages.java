package gpuanalytics.producer.publish;

import gpuanalytics.embedded.testing.Relay;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;

/** Requests and answers between clients and a broker, each looked at before it is passed on. */
interface Messages {

    /** Looks at a message without its length, may change it, and may keep it waiting. */
    void before(byte[] message) throws InterruptedException;

    /** Passes messages until it is closed. */
    static Relay relay(ServerSocket clients, int brokerPort, Messages requests, Messages answers) {
        return new Relay(
                clients,
                brokerPort,
                (client, broker) -> {
                    pass(client, broker, requests);
                    pass(broker, client, answers);
                });
    }

    private static void pass(Socket from, Socket to, Messages messages) {
        Thread.startVirtualThread(
                () -> {
                    try (from;
                            to) {
                        var in = new DataInputStream(from.getInputStream());
                        var out = new DataOutputStream(to.getOutputStream());
                        while (true) {
                            var message = new byte[in.readInt()];
                            in.readFully(message);
                            messages.before(message);
                            out.writeInt(message.length);
                            out.write(message);
                        }
                    } catch (IOException | InterruptedException ignored) {
                        // closed: the client, the broker or the test is over
                    }
                });
    }
}
