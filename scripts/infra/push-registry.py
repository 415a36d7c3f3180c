#!/usr/bin/env python3
"""Writes an image into a registry, as a client of the OCI distribution specification does (end-2, 4, 5, 6 and 7 of v1.1):
  push-registry.py IMAGE.tar URL REPOSITORY < BASE64-OF-USER-AND-PASSWORD
The tar is an OCI layout, as Jib writes it. Prints the digest of its manifest. What the registry has already is not sent again; the tag
is the beginning of the digest, so that a repository may forbid changing one. Exit 1 with one line on standard error.
"""
import json
import sys
import tarfile
import urllib.error
import urllib.parse
import urllib.request


class Repository:
    def __init__(self, url, name, password):
        self.base, self.headers = f"{url}/v2/{name}/", {"Authorization": f"Basic {password}"}

    def ask(self, method, where, data=None, **headers):
        """The answer's headers. WHERE is below the repository, or an address that the registry gave."""
        request = urllib.request.Request(urllib.parse.urljoin(self.base, where), data=data, method=method,
                                         headers={**self.headers, **{k.replace("_", "-"): v for k, v in headers.items()}})
        with urllib.request.urlopen(request, timeout=600) as answer:
            return answer.headers

    def has(self, where):
        try:
            self.ask("HEAD", where)
            return True
        except urllib.error.HTTPError as e:
            if e.code != 404:
                raise
            return False

    def blob(self, digest, size, stream):
        if self.has(f"blobs/{digest}"):
            return
        at = self.ask("POST", "blobs/uploads/", b"", Content_Length="0")["Location"]
        at = self.ask("PATCH", at, stream, Content_Length=str(size), Content_Range=f"0-{size - 1}", Content_Type="application/octet-stream")["Location"]
        self.ask("PUT", f"{at}{'&' if '?' in at else '?'}digest={urllib.parse.quote(digest)}", b"", Content_Length="0")


def main(path, url, name):
    repository = Repository(url, name, sys.stdin.read().strip())
    with tarfile.open(path) as tar:
        entry = json.load(tar.extractfile("index.json"))["manifests"][0]
        file = lambda digest: tar.extractfile(f"blobs/{digest.replace(':', '/')}")  # noqa: E731
        manifest = file(entry["digest"]).read()
        said = json.loads(manifest)
        for part in [*said["layers"], said["config"]]:
            repository.blob(part["digest"], part["size"], file(part["digest"]))
        tag = f"manifests/{entry['digest'].split(':')[1][:12]}"
        if not repository.has(tag):
            repository.ask("PUT", tag, manifest, Content_Type=said.get("mediaType", entry["mediaType"]))
    print(entry["digest"])


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except urllib.error.HTTPError as e:
        sys.exit(f"{e.url.split('?')[0]}: {e.code} {e.read().decode(errors='replace')[:300]}")
    except KeyError as e:
        sys.exit(f"{sys.argv[1]}: no {e} in the image; expected an OCI layout, as make images writes it")
    except Exception as e:  # one line, whatever it was
        sys.exit(f"{' '.join(sys.argv[1:])}: {getattr(e, 'reason', e)}")
