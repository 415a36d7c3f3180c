package gpuanalytics.placement.model.source;

import java.util.List;
import java.util.regex.Pattern;

/** The workload that a pod's name tells: what Kubernetes has added to it is taken away. */
public final class WorkloadName {

    /** The letters and digits that Kubernetes makes random names of. */
    private static final String SAFE = "[bcdfghjklmnpqrstvwxz2456789]";

    private static final List<Pattern> ADDED =
            List.of(
                    // a CronJob's: the minute of the Job and the pod
                    Pattern.compile("-\\d{8,}-" + SAFE + "{5}$"),
                    // a Deployment's: the hash of its template and the pod
                    Pattern.compile("-" + SAFE + "{8,10}-" + SAFE + "{5}$"),
                    // a Job's, a DaemonSet's
                    Pattern.compile("-" + SAFE + "{5}$"),
                    // a StatefulSet's
                    Pattern.compile("-\\d{1,5}$"));

    private WorkloadName() {}

    /** The name of what owns a pod of this name. */
    public static String of(String pod) {
        for (var added : ADDED) {
            var matcher = added.matcher(pod);
            if (matcher.find() && matcher.start() > 0) {
                return pod.substring(0, matcher.start());
            }
        }
        return pod;
    }

    /** The name of what somebody calls by its kind and name, such as {@code Deployment/chat}. */
    public static String given(String workload) {
        return workload.substring(workload.lastIndexOf('/') + 1);
    }
}
