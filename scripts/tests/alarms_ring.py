"""The alarms on their whole way, in the programs that a cluster has: Prometheus scrapes a processor's page and evaluates the rules as
they are, Alertmanager takes what rings.  alarms_ring.py RULES.yaml.  The page is this program's; that a real processor's has what the
rules ask for is DemoIT's. promtool (alarms.yaml) looks at the rules that want minutes.
"""
import http.server
import json
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

LIMIT_S = 120
PAGE = """# TYPE processor_events_stored_total counter
processor_events_stored_total{topic="gpu.metrics.v1"} 100
# TYPE processor_retention_gap_total counter
processor_retention_gap_total{topic="gpu.metrics.v1"} 7
"""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        self.end_headers()
        self.wfile.write(PAGE.encode())

    def log_message(self, *_):
        pass


def ask(port, path):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        return json.load(answer)


def until(what, question):
    end, seen = time.monotonic() + LIMIT_S, None
    while time.monotonic() < end:
        try:
            seen = question()
            if seen:
                return seen
        except OSError as e:  # it does not listen yet
            seen = e
        time.sleep(0.2)
    sys.exit(f"{what}: not within {LIMIT_S} s; last seen: {seen}")


def main(rules):
    folder = pathlib.Path(tempfile.mkdtemp())
    page = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=page.serve_forever, daemon=True).start()
    prometheus, alertmanager = free_port(), free_port()
    (folder / "prometheus.yaml").write_text(f"""
global: {{scrape_interval: 1s, evaluation_interval: 1s}}
rule_files: ['{pathlib.Path(rules).resolve()}']
alerting: {{alertmanagers: [{{static_configs: [{{targets: ['127.0.0.1:{alertmanager}']}}]}}]}}
scrape_configs:
- job_name: app
  static_configs: [{{targets: ['127.0.0.1:{page.server_address[1]}'], labels: {{namespace: app, pod: processor-0}}}}]
""", encoding="utf-8")
    (folder / "alertmanager.yaml").write_text("route: {receiver: nobody}\nreceivers: [{name: nobody}]\n", encoding="utf-8")
    log = (folder / "log").open("w")
    started = [subprocess.Popen(command, stdout=log, stderr=log) for command in (
        ["prometheus", f"--config.file={folder}/prometheus.yaml", f"--storage.tsdb.path={folder}/data", f"--web.listen-address=127.0.0.1:{prometheus}"],
        ["prometheus-alertmanager", f"--config.file={folder}/alertmanager.yaml", f"--storage.path={folder}/am", "--cluster.listen-address=",
         f"--web.listen-address=127.0.0.1:{alertmanager}"])]
    try:
        rung = until("EventsExpiredUnread reaches Alertmanager",
                     lambda: [a for a in ask(alertmanager, "/api/v2/alerts") if a["labels"]["alertname"] == "EventsExpiredUnread"])
        assert rung[0]["labels"]["severity"] == "critical", rung
        assert rung[0]["annotations"]["summary"] == "Kafka deleted 7 records that were not yet stored.", rung
        state = lambda name: [a["state"] for a in ask(prometheus, "/api/v1/alerts")["data"]["alerts"] if a["labels"]["alertname"] == name]  # noqa: E731
        assert not state("ProcessorDown"), "ProcessorDown although the processor is scraped"
        page.shutdown()
        page.server_close()
        until("ProcessorDown is on its way once the processor is gone", lambda: state("ProcessorDown") == ["pending"])
        wrong = [r for g in ask(prometheus, "/api/v1/rules")["data"]["groups"] for r in g["rules"] if r["health"] != "ok"]
        assert not wrong, wrong
        print(f"{len(rung)} alarm in Alertmanager: {rung[0]['annotations']['summary']}")
    finally:
        for process in started:
            process.terminate()
            process.wait()
        shutil.rmtree(folder)


if __name__ == "__main__":
    main(sys.argv[1])
