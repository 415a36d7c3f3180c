"""Compares aws.py's Signature Version 4 with the AWS SDK's over random requests. Prints its seed."""
import datetime
import importlib.util
import json
import random
import sys

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

spec = importlib.util.spec_from_file_location("aws", sys.argv[1])
aws = importlib.util.module_from_spec(spec)
spec.loader.exec_module(aws)
seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(2**32)
print("seed", seed)
rng = random.Random(seed)


def word(length):
    return "".join(rng.choice("ABCDEFabcdef0123456789+/=") for _ in range(length))


for i in range(50):
    keys = {"AccessKeyId": "AKIA" + word(16), "SecretAccessKey": word(40), "Token": word(300) if i % 2 else ""}
    region = rng.choice(["us-east-1", "eu-central-1", "cn-north-1"])
    service, action, target = rng.choice([("ssm", "GetParameter", "AmazonSSM"), ("ecr", "GetAuthorizationToken", "AmazonEC2ContainerRegistry_V20150921")])
    url = rng.choice([f"https://{service}.{region}.amazonaws.com", "http://127.0.0.1:5000"])
    body = json.dumps({"Name": f"/{word(8)}/k3s/agent-token:{i}", "WithDecryption": True} if service == "ssm" else {}).encode()
    now = datetime.datetime(2025, 1, 1, tzinfo=datetime.timezone.utc) + datetime.timedelta(seconds=rng.randrange(10**8))
    got = aws.signed(url, region, service, action, body, keys, now)

    request = AWSRequest("POST", url + "/", data=body, headers={
        "content-type": "application/x-amz-json-1.1", "x-amz-target": f"{target}.{action}"})
    request.context["timestamp"] = now.strftime("%Y%m%dT%H%M%SZ")
    request.headers["X-Amz-Date"] = request.context["timestamp"]
    signer = SigV4Auth(Credentials(keys["AccessKeyId"], keys["SecretAccessKey"], keys["Token"] or None), service, region)
    if keys["Token"]:
        request.headers["X-Amz-Security-Token"] = keys["Token"]
    text = signer.string_to_sign(request, signer.canonical_request(request))
    want = signer.signature(text, request)
    assert got["authorization"].endswith("Signature=" + want), (i, got["authorization"], want)
print("50 signatures agree")
