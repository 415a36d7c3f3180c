"""Compares s3.py's Signature Version 4 with the AWS SDK's over random requests. Prints its seed."""
import datetime
import importlib.util
import random
import sys

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

spec = importlib.util.spec_from_file_location("s3", sys.argv[1])
s3 = importlib.util.module_from_spec(spec)
spec.loader.exec_module(s3)
seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(2**32)
print("seed", seed)
rng = random.Random(seed)
LETTERS = "ABCDEFabcdef0123456789"

for i in range(60):
    keys = {"AccessKeyId": "AKIA" + "".join(rng.choices(LETTERS, k=16)), "SecretAccessKey": "".join(rng.choices(LETTERS + "+/=", k=40)),
            "Token": "".join(rng.choices(LETTERS + "+/=", k=300)) if i % 2 else ""}
    region = rng.choice(["us-east-1", "eu-central-1", "cn-north-1"])
    method, query, headers = rng.choice([("POST", "uploads", {}), ("PUT", f"partNumber={i}&uploadId=a-b_c.~%2B%2F", {}), ("DELETE", "uploadId=x", {}),
                                         ("HEAD", "", {}), ("GET", "", {"range": f"bytes={i}-{9 * i}"})])
    url = rng.choice([f"https://s3.{region}.amazonaws.com", "http://127.0.0.1:5000"]) + "/bucket.b/name/backup/2026-01-01T000000Z/data-kafka-0.tar.gz"
    url += f"?{query}" if query else ""
    body = rng.randbytes(1000) if method == "PUT" else b""
    now = datetime.datetime(2025, 1, 1, tzinfo=datetime.timezone.utc) + datetime.timedelta(seconds=rng.randrange(10**8))
    got = s3.signed(method, url, region, headers, body, keys, now)

    request = AWSRequest(method, url, data=body, headers={k: v for k, v in got.items() if k not in ("authorization", "host")})
    request.context.update(timestamp=got["x-amz-date"], payload_signing_enabled=True)
    signer = S3SigV4Auth(Credentials(keys["AccessKeyId"], keys["SecretAccessKey"], keys["Token"] or None), "s3", region)
    signer._should_sha256_sign_payload = lambda _: True
    want = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
    assert got["authorization"].endswith("Signature=" + want), (i, method, url, signer.canonical_request(request), got)
print("60 signatures agree")
