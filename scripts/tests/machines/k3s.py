"""What the machine tests add to the harness' stand-in for K3s, which is in front of this in the file that the mirror serves: servers that
are several, with etcd among them (the program etcd beside this file), images, and an orderly end of the machine.

What the real one checks at a start, a rotation, a restore and a join, this one checks. In K3s 1.34's own code:
  pkg/cluster/storage.go    getBootstrapKeyFromStorage: what lies in etcd is encrypted with the server token, another opens nothing
                            ("bootstrap data already found and encrypted with different token"); so is another cluster's snapshot
                            RotateBootstrapToken: it is encrypted anew, and saved from the disk
  pkg/cluster/bootstrap.go  ReconcileBootstrapData, isNewerFile: each start compares the password file and the CA on disk with etcd's; one that
                            is newer by 3 s ends it ("newer than datastore"), an older or a missing one is written. A reset writes
                            all of them, whatever is there
                            httpBootstrap: a server that joins gets them from one that is there, by the server token
  pkg/cluster/managed.go    assignManagedDriver: a server with data of its own goes on with them, whatever address it has
  pkg/daemons/control/deps  genUsers: each start writes the tokens it was started with into the password file, on disk only
  pkg/clientaccess/token.go a token in the secure form is used with the CA of its hash only ("token CA hash does not match")
  pkg/cli/server/server.go  no reset while the server has another's address
  pkg/etcd/etcd.go          join: waits while etcd takes no member; Restore: moves etcd's data to etcd-old-SECONDS
  pkg/etcd/member_controller.go  onRemove: with a server's node its member goes
  pkg/agent/containerd      preloadImages: each start imports the tars in agent/images
Of Kubernetes: pkg/kubelet/nodeshutdown/nodeshutdown_manager_linux.go, Start, processShutdownEvent: a shutdown is delayed until the pods have
ended, and only where logind allows the pods their time.
"""
# pylint: disable=undefined-variable,function-redefined,used-before-assignment
import io
import tarfile

ETCD = os.environ.get("ETCD_STANDIN") or read("/run/etcd-standin")  # a shell past the instance's own logins has no such environment
KEPT = ("tls/server-ca.crt", "tls/server-ca.key", "tls/client-admin.crt", "tls/client-admin.key", "cred/passwd")
PODS_S = 8  # how long the pods of an ending machine take


class Refused(OSError):
    """etcd's word."""


def etcd(do, **what):
    r = urllib.request.Request(ETCD, method="POST", data=json.dumps({"do": do, **what}).encode())
    try:
        with urllib.request.urlopen(r, timeout=10) as f:
            return json.loads(f.read())
    except urllib.error.HTTPError as e:
        raise Refused(json.loads(e.read())["error"]) from None


def password_file(server, node):
    return f"{server},server,server,k3s:server\n{node},node,node,k3s:agent\n"


def digest(token):
    return hashlib.sha256(token.encode()).hexdigest()


def from_disk(data):
    """What a server keeps in etcd besides Kubernetes' objects."""
    files = {}
    for name in KEPT:
        with open(f"{data}/server/{name}", encoding="utf-8") as f:
            files[name] = {"content": f.read(), "at": os.stat(f.fileno()).st_mtime}
    return files


def to_disk(data, files):
    for name, file in files.items():
        write(f"{data}/server/{name}", file["content"])
        os.utime(f"{data}/server/{name}", (file["at"], file["at"]))


class Fresh:
    """A lock inside of which the store is etcd's present content."""

    def __init__(self, store):
        self.store, self.own, self.depth = store, threading.RLock(), 0

    def __enter__(self):
        self.own.acquire()
        self.depth += 1
        try:
            if self.depth == 1:
                self.store.load()
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *_):
        self.depth -= 1
        self.own.release()


LocalStore = Store


class Store(LocalStore):
    """etcd, as the member that this server is."""

    def __init__(self, data):  # pylint: disable=super-init-not-called
        self.ids = json.loads(read(f"{data}/server/db/etcd/member", "null"))
        self.lock, self.data, self.version, self.ages = Fresh(self), {}, 0, {}
        if self.ids:
            self.load()

    def ask(self, do, **what):
        return etcd(do, **self.ids, **what)

    def load(self):
        got = self.ask("get")
        self.data, self.version, self.ages = got["data"], got["version"], got["ages"]

    def save(self):
        self.version = self.ask("put", version=self.version, data=self.data)["version"]

    def change(self, how):
        """how(data), over again where another server was faster."""
        for rest in reversed(range(50)):
            try:
                with self.lock:
                    result = how(self.data)
                    self.save()
                    return result
            except Refused as e:
                if str(e) != "conflict" or not rest:
                    raise
                time.sleep(0.2)

    def register(self, node):
        name = node["metadata"]["name"]
        self.ask("lease", name=name)

        def put(data):
            old = data["nodes"].get(name)
            if old:  # labels set by kubectl stay
                node["metadata"]["labels"] = {**old["metadata"]["labels"], **node["metadata"]["labels"]}
                for field in ("uid", "creationTimestamp"):
                    node["metadata"][field] = old["metadata"][field]
            data["nodes"][name] = node
            return data["sessions"].setdefault(name, secrets.token_hex(16))
        return self.change(put)


class Seen:
    """When a node has said something, to whichever server."""

    def __init__(self, store):
        self.store = store

    def __setitem__(self, name, _):
        pass  # register has told etcd

    def get(self, name, default):
        age = self.store.ages.get(name)
        return default if age is None else time.monotonic() - age


OneKeeper = Keeper


class Keeper(OneKeeper):
    def __init__(self, settings):
        super().__init__(settings)  # with the token that opens what is in etcd, or no further
        self.seen = Seen(self.store)

    def reconcile(self):
        wanted, newer, behind = self.store.data["bootstrap"], [], False
        for name, file in wanted.items():
            path = f"{self.data}/server/{name}"
            if not os.path.exists(path):
                behind = True
                continue
            with open(path, encoding="utf-8") as f:
                if f.read() == file["content"]:
                    continue
                if os.stat(f.fileno()).st_mtime - file["at"] >= 3:
                    newer.append(path)
                behind = True
        if newer:
            fatal(", ".join(newer) + " newer than datastore and could cause a cluster outage. Remove the file(s) from disk and restart "
                  "to be recreated from datastore.")
        if behind:
            to_disk(self.data, wanted)

    def prepare(self):
        first = "bootstrap" not in self.store.data
        if not first:
            self.reconcile()
        # Certificates take long here; another server may write to etcd meanwhile.
        self.store.save = lambda: None
        super().prepare()
        del self.store.save
        text = password_file(self.token, self.agent_token)
        if read(f"{self.data}/server/cred/passwd") != text.strip():
            write(f"{self.data}/server/cred/passwd", text)
        kept = {"etcd": True, "secrets_encryption": self.settings.on("secrets-encryption"), "token_sha256": digest(self.token)}
        if first:
            kept["bootstrap"] = from_disk(self.data)
        self.store.change(lambda data: data.update(kept))

    def rotate(self, token):
        if self.agent_token == self.token:
            self.agent_token = token
        self.token = token
        write(f"{self.data}/server/cred/passwd", password_file(self.token, self.agent_token))
        self.store.change(lambda data: data.update(token_sha256=digest(token), bootstrap=from_disk(self.data)))
        self.write_tokens()


OneApi = Api


class Api(OneApi):
    def user(self):
        with self.keeper.store.lock:  # a node's session may be another server's
            return super().user()

    def handle_any(self):
        path = self.path.partition("?")[0].rstrip("/")
        stream, body = self.rfile, self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            for rest in reversed(range(20)):
                self.rfile = io.BytesIO(body)
                try:
                    return self.handle_one(path)
                except Refused as e:
                    if str(e) != "conflict" or not rest:
                        return self.refuse(500, str(e))
        finally:
            self.rfile = stream

    def handle_one(self, path):
        keeper = self.keeper
        if path == "/v1-k3s/server-bootstrap" and self.user() in ("server", "admin"):
            return self.answer(200, {"cluster": keeper.store.ids["cluster"], "files": from_disk(keeper.data)})
        if path == "/readyz":
            with keeper.store.lock:
                pass
        removed = re.fullmatch(r"/api/v1/nodes/([^/]+)", path)
        if removed and self.command == "DELETE" and self.user() == "admin":
            keeper.store.ask("remove", name=removed[1])
        return super().handle_any()

    do_GET = do_PUT = do_PATCH = do_DELETE = handle_any


def joined_servers(settings, data, name):
    url, token = settings.get("server").rstrip("/"), settings.secret("token")
    try:
        reply = json.loads(request(url + "/v1-k3s/server-bootstrap", trust(url, token), "server", password_of(token)))
    except (OSError, http.client.HTTPException) as e:
        fatal(f"starting kubernetes: preparing server: {e}")
    to_disk(data, reply["files"])
    while True:
        try:
            return etcd("add", cluster=reply["cluster"], name=name)
        except Refused as e:
            if "unhealthy cluster" not in str(e):
                fatal(f"starting kubernetes: preparing server: etcd cluster join failed: {e}")
            say("info", f"Waiting for other members to finish joining etcd cluster: {e}")
            state(f"waiting: {e}")
            time.sleep(2)


def serve(arguments):
    record_call("server", arguments)
    settings = Settings("server", SERVER, arguments)
    data, name = settings.get("data-dir") or DATA, settings.get("node-name") or socket.gethostname().lower()
    if settings.on("cluster-reset"):
        return reset(settings, data, name)
    write("/run/etcd-standin", ETCD)
    member = f"{data}/server/db/etcd/member"
    if not os.path.exists(member):
        if settings.get("server"):
            ids = joined_servers(settings, data, name)
        elif settings.on("cluster-init"):
            ids = etcd("begin", name=name, data={"nodes": {}, "sessions": {}, "version": 0})
        else:
            fatal("this stand-in has no other datastore than etcd: neither cluster-init nor server is set")
        write(member, json.dumps(ids))
    if os.path.exists(f"{data}/server/db/reset-flag"):
        os.unlink(f"{data}/server/db/reset-flag")
    threading.Thread(target=beat, args=(json.loads(read(member)), name), daemon=True).start()
    while True:  # alone among several it has no quorum
        try:
            keeper = Keeper(settings)
            keeper.prepare()
            break
        except Refused as e:
            state(f"waiting: {e}")
            time.sleep(2)
    images_at_start()
    keeper.serve()


def beat(ids, name):
    while True:
        try:
            etcd("beat", **ids, name=name)
        except Refused as e:  # removed from the cluster
            say("fatal", str(e))
            state(f"failed: {e}")
            os._exit(1)
        except OSError:
            pass
        time.sleep(4)


def reset(settings, data, name):
    snapshot, flag, folder = settings.get("cluster-reset-restore-path"), f"{data}/server/db/reset-flag", f"{data}/server/db/etcd"
    if settings.get("server"):
        fatal("cannot perform cluster-reset while server URL is set - remove server from configuration before resetting")
    if not snapshot or not os.path.isfile(snapshot):
        fatal(f"etcd: snapshot path does not exist: {snapshot}")
    if os.path.isdir(folder):
        os.rename(folder, f"{folder}-old-{int(time.time())}")
    server, agent = password_of(settings.secret("token")), password_of(settings.secret("agent-token"))
    write(f"{data}/server/cred/passwd", password_file(server, agent))
    try:
        kept = json.loads(read(snapshot))
    except ValueError as e:
        fatal(f"etcd: snapshot restore failed: {e}")
    if kept.get("token_sha256") != digest(server):
        fatal("starting kubernetes: preparing server: bootstrap data already found and encrypted with different token")
    if os.path.isdir(f"{data}/server/tls"):
        shutil.copytree(f"{data}/server/tls", f"{data}/server/tls-{int(time.time())}")
    to_disk(data, kept["bootstrap"])
    write(f"{folder}/member", json.dumps(etcd("reset", name=name, data=kept)))
    write(flag, "")
    say("info", "Managed etcd cluster membership has been reset, restart without --cluster-reset flag now. "
                "Backup and delete ${datadir}/server/db on each peer etcd server and rejoin the nodes")


# ---- images ------------------------------------------------------------------------------------------------

IMAGES = f"{DATA}/agent/containerd/images.json"


def images(change=None):
    known = json.loads(read(IMAGES, "{}"))
    if change:
        change(known)
        write(IMAGES, json.dumps(known))
    return known


def imported(path):
    """Names in a tar as docker save and Jib write it; all that it names must be in it."""
    with tarfile.open(path) as tar:
        there, names = tar.getnames(), []
        for image in json.load(tar.extractfile("manifest.json")):
            missing = {image["Config"], *image["Layers"]} - set(there)
            if missing:
                raise KeyError(f"content {sorted(missing)[0]}: not found")
            names += image["RepoTags"]
    images(lambda known: known.update({name: known.get(name, "") for name in names}))
    return names


def images_at_start():
    for path in sorted(glob.glob(f"{DATA}/agent/images/*.tar")):
        try:
            names = imported(path)
            images(lambda known, names=names: known.update(dict.fromkeys(names, "pinned")))
            note(f"state: imported {path}")
        except (OSError, KeyError, tarfile.TarError) as e:
            say("error", f"Error encountered while importing {path}: {e}")


def ctr(arguments):
    note("call: ctr " + " ".join(arguments))
    match arguments:
        case ["--namespace", "k8s.io", "images", "import", path]:
            try:
                names = imported(path)
            except (OSError, KeyError, tarfile.TarError) as e:
                sys.exit(f"ctr: {e}")
            print("\n".join(f"unpacking {name}...done" for name in names))
        case ["--namespace", "k8s.io", "images", "label", name, "io.cri-containerd.pinned=pinned"]:
            if name not in images():
                sys.exit(f"ctr: image \"{name}\": not found")
            images(lambda known: known.update({name: "pinned"}))
        case ["--namespace", "k8s.io", "images", "ls"]:
            print("\n".join(f"{name} {label}".strip() for name, label in sorted(images().items())))
        case _:
            sys.exit(f"k3s stand-in: not done: ctr {' '.join(arguments)}")


# ---- the machine's end --------------------------------------------------------------------------------------

def on_console(text):
    with open("/dev/console", "w", encoding="utf-8") as f:
        f.write(f"kubelet: {text}\n")


def logind_delay_s():
    done = subprocess.run(["busctl", "get-property", "org.freedesktop.login1", "/org/freedesktop/login1", "org.freedesktop.login1.Manager",
                           "InhibitDelayMaxUSec"], check=True, stdout=subprocess.PIPE, text=True)
    return int(done.stdout.split()[1]) / 1e6


def orderly_end():
    """Delays a shutdown until the pods have ended. On Ubuntu the kubelet cannot raise logind's delay itself (kubernetes/kubernetes#102818)."""
    found = re.search(r"^shutdownGracePeriod: (\d+)s$", read(f"{DATA}/agent/etc/kubelet.conf.d/50-node.conf"), re.M)
    allowed = logind_delay_s()
    if not found or allowed < int(found[1]):
        return note(f"state: no orderly end: the pods want {found and found[1]} s, logind allows {allowed:g} s")
    tied = ["setpriv", "--pdeathsig", "TERM"]
    lock = subprocess.Popen([*tied, "systemd-inhibit", "--what=shutdown", "--mode=delay", "--who=kubelet", "--why=pods end", "cat"],
                            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    watch = subprocess.Popen([*tied, "busctl", "--match", "type='signal',interface='org.freedesktop.login1.Manager',member='PrepareForShutdown'",
                              "monitor"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    note("state: delays a shutdown")
    for line in watch.stdout:
        if "BOOLEAN true" in line:
            on_console("pods are told to stop")
            time.sleep(PODS_S)
            on_console("pods have ended")
            lock.stdin.close()
            return lock.wait()


BareJoin = join


def join(settings, role):
    images_at_start()
    threading.Thread(target=orderly_end, daemon=True).start()
    BareJoin(settings, role)


def start():
    if os.path.basename(sys.argv[0]) == "ctr" or sys.argv[1:2] == ["ctr"]:
        ctr(sys.argv[1 if os.path.basename(sys.argv[0]) == "ctr" else 2:])
    else:
        main()


if __name__ == "__main__":
    start()
