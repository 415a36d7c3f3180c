#!/usr/bin/env python3
"""A stream to S3 and back, with the instance's role and what Ubuntu's AMI has.

  s3.py put BUCKET KEY       standard input becomes the object; prints "BYTES SHA256"
  s3.py get BUCKET KEY SHA256   the object to standard output; exit 1 if it is not what the sum says
  s3.py has BUCKET KEY       exit 1 if it is not there, or may not be read

Both go by parts, each tried again by itself, so that a stream of hours outlives a lost connection. An upload that fails
leaves no parts behind. AWS_ENDPOINT_URL_S3 and AWS_ENDPOINT_URL are honoured. Exit 1 with one line on standard error.
"""
import datetime
import hashlib
import hmac
import http.client
import importlib.util
import json
import os
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

AWS = os.environ.get("AWS_PY", "/usr/local/lib/k3s-node/aws.py")
PART_BYTES = int(os.environ.get("PART_BYTES", 64 << 20))
TRIES, PAUSE_S = 6, float(os.environ.get("PAUSE_S", 5))


def node():
    """The node's own metadata client."""
    spec = importlib.util.spec_from_file_location("aws", AWS)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def signed(method, url, region, headers, body, keys, now):
    """The headers of a signed request (Signature Version 4) to S3; the body is in the signature."""
    parts = urllib.parse.urlsplit(url)
    stamp, day = now.strftime("%Y%m%dT%H%M%SZ"), now.strftime("%Y%m%d")
    digest = hashlib.sha256(body).hexdigest()
    headers = {**headers, "host": parts.netloc, "x-amz-date": stamp, "x-amz-content-sha256": digest}
    if keys.get("Token"):
        headers["x-amz-security-token"] = keys["Token"]
    names = ";".join(sorted(headers))
    query = "&".join(sorted(p if "=" in p else p + "=" for p in parts.query.split("&") if p))
    lines = "".join(f"{n}:{headers[n]}\n" for n in sorted(headers))
    request = "\n".join([method, parts.path, query, lines, names, digest])
    scope = f"{day}/{region}/s3/aws4_request"
    text = "\n".join(["AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(request.encode()).hexdigest()])
    key = ("AWS4" + keys["SecretAccessKey"]).encode()
    for part in (day, region, "s3", "aws4_request", text):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    headers["authorization"] = (f"AWS4-HMAC-SHA256 Credential={keys['AccessKeyId']}/{scope}, "
                                f"SignedHeaders={names}, Signature={key.hex()}")
    return headers


class Object:
    def __init__(self, bucket, key):
        self.aws = node()
        self.region = self.aws.metadata("placement/region").strip()
        endpoint = (os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
                    or f"https://s3.{self.region}.{self.aws.metadata('services/domain').strip()}").rstrip("/")
        self.url = f"{endpoint}/{bucket}/{urllib.parse.quote(key, safe='/-_.~')}"

    def ask(self, method, query="", body=b"", headers=None):
        """The answer's headers and body. What AWS refuses is final; all else is tried again, with credentials of now."""
        for rest in reversed(range(TRIES)):
            try:
                role = self.aws.metadata("iam/security-credentials/").split()[0]
                keys = json.loads(self.aws.metadata(f"iam/security-credentials/{role}"))
                url = self.url + (f"?{query}" if query else "")
                now = datetime.datetime.now(datetime.timezone.utc)
                sent = signed(method, url, self.region, headers or {}, body, keys, now)
                if body:  # else urllib calls it a form
                    sent["content-type"] = "application/octet-stream"
                request = urllib.request.Request(url, data=body or None, method=method, headers=sent)
                with urllib.request.urlopen(request, timeout=120) as answer:
                    return answer.headers, answer.read()
            except (OSError, ValueError, http.client.HTTPException) as e:  # the last: a body that ends early
                refused = isinstance(e, urllib.error.HTTPError) and e.code < 500 and e.code not in (408, 429)
                if refused or rest == 0:
                    raise
                time.sleep(PAUSE_S)


def put(target, source):
    whole, size, tags = hashlib.sha256(), 0, []
    upload = re.search(rb"<UploadId>([^<]+)</UploadId>", target.ask("POST", "uploads")[1])[1].decode()
    upload = "uploadId=" + urllib.parse.quote(upload, safe="-_.~")
    try:
        while part := source.read(PART_BYTES):
            whole.update(part)
            size += len(part)
            tags.append(target.ask("PUT", f"partNumber={len(tags) + 1}&{upload}", part)[0]["ETag"])
        if not tags:
            raise ValueError("nothing came to be written")
        listed = "".join(f"<Part><PartNumber>{i}</PartNumber><ETag>{tag}</ETag></Part>" for i, tag in enumerate(tags, 1))
        answer = target.ask("POST", upload, f"<CompleteMultipartUpload>{listed}</CompleteMultipartUpload>".encode())[1]
        if b"<Error>" in answer:  # which S3 may say after it has answered 200
            raise ValueError(answer.decode(errors="replace")[:300])
    except BaseException:
        target.ask("DELETE", upload)
        raise
    print(size, whole.hexdigest())


def get(target, sink, want):
    whole, at, size = hashlib.sha256(), 0, None
    while size is None or at < size:
        headers, part = target.ask("GET", headers={"range": f"bytes={at}-{at + PART_BYTES - 1}"})
        size = int(headers["Content-Range"].split("/")[1])
        whole.update(part)
        at += len(part)
        sink.write(part)
    sink.flush()
    if whole.hexdigest() != want:
        raise ValueError(f"its checksum is {whole.hexdigest()}, expected {want}")


def main(verb, bucket, key, *sums):
    if verb == "put":
        put(Object(bucket, key), sys.stdin.buffer)
    elif verb == "get":
        get(Object(bucket, key), sys.stdout.buffer, *sums)
    elif verb == "has":
        Object(bucket, key).ask("HEAD")
    else:
        raise ValueError(f"no such verb: {verb}")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except urllib.error.HTTPError as e:
        sys.exit(f"s3://{'/'.join(sys.argv[2:4])}: {e.code} {' '.join(e.read().decode(errors='replace').split())[:300]}")
    except Exception as e:  # one line, whatever it was
        sys.exit(f"s3://{'/'.join(sys.argv[2:4])}: {getattr(e, 'reason', e)}")
