#!/usr/bin/env python3
"""Instance metadata and SSM parameters with what Ubuntu's AMI has: Python. The aws command is not in it.

  aws.py metadata PATH           prints /latest/meta-data/PATH
  aws.py get NAME[:VERSION]      prints a parameter, decrypted
  aws.py put NAME                overwrites a String parameter with standard input
  aws.py registry                the password of the account's ECR, for the kubelet: a CredentialProviderRequest on standard input, the
                                 response on standard output (kubernetes.io, kubelet-credentialprovider.v1)

AWS_ENDPOINT_URL_SSM, AWS_ENDPOINT_URL_ECR and AWS_ENDPOINT_URL are honoured. Exit 1 with one line on standard error.
"""
import base64
import datetime
import hashlib
import hmac
import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request

IMDS = "http://169.254.169.254/latest"


def fetch(request):
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.read().decode()


def metadata(path):
    ask = urllib.request.Request(IMDS + "/api/token", method="PUT", headers={"X-aws-ec2-metadata-token-ttl-seconds": "60"})
    token = {"X-aws-ec2-metadata-token": fetch(ask)}
    return fetch(urllib.request.Request(f"{IMDS}/meta-data/{path}", headers=token))


SERVICES = {"ssm": ("ssm", "AmazonSSM"), "ecr": ("api.ecr", "AmazonEC2ContainerRegistry_V20150921")}


def signed(url, region, service, action, body, keys, now):
    """The headers of a signed request (Signature Version 4) to one of SERVICES."""
    stamp, day = now.strftime("%Y%m%dT%H%M%SZ"), now.strftime("%Y%m%d")
    headers = {"content-type": "application/x-amz-json-1.1", "host": urllib.parse.urlsplit(url).netloc,
               "x-amz-date": stamp, "x-amz-target": f"{SERVICES[service][1]}.{action}"}
    if keys.get("Token"):
        headers["x-amz-security-token"] = keys["Token"]
    names = ";".join(sorted(headers))
    lines = "".join(f"{n}:{headers[n]}\n" for n in sorted(headers))
    request = "\n".join(["POST", "/", "", lines, names, hashlib.sha256(body).hexdigest()])
    scope = f"{day}/{region}/{service}/aws4_request"
    text = "\n".join(["AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(request.encode()).hexdigest()])
    key = ("AWS4" + keys["SecretAccessKey"]).encode()
    for part in (day, region, service, "aws4_request", text):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    headers["authorization"] = (f"AWS4-HMAC-SHA256 Credential={keys['AccessKeyId']}/{scope}, "
                                f"SignedHeaders={names}, Signature={key.hex()}")
    return headers


def call(service, action, **arguments):
    region = metadata("placement/region")
    url = (os.environ.get(f"AWS_ENDPOINT_URL_{service.upper()}") or os.environ.get("AWS_ENDPOINT_URL")
           or f"https://{SERVICES[service][0]}.{region}.{metadata('services/domain')}").rstrip("/")
    role = metadata("iam/security-credentials/").split()[0]
    keys = json.loads(metadata(f"iam/security-credentials/{role}"))
    body = json.dumps(arguments).encode()
    headers = signed(url, region, service, action, body, keys, datetime.datetime.now(datetime.timezone.utc))
    return json.loads(fetch(urllib.request.Request(url + "/", data=body, headers=headers)))


def registry(request):
    token = call("ecr", "GetAuthorizationToken")["authorizationData"][0]["authorizationToken"]
    user, password = base64.b64decode(token).decode().split(":", 1)
    return {"apiVersion": request["apiVersion"], "kind": "CredentialProviderResponse", "cacheKeyType": "Registry", "cacheDuration": "6h0m0s",
            "auth": {request["image"].split("/")[0]: {"username": user, "password": password}}}


def main(verb, name=""):
    if verb == "metadata":
        print(metadata(name))
    elif verb == "get":
        print(call("ssm", "GetParameter", Name=name, WithDecryption=True)["Parameter"]["Value"])
    elif verb == "put":
        call("ssm", "PutParameter", Name=name, Value=sys.stdin.read().strip(), Type="String", Overwrite=True)
    elif verb == "registry":
        print(json.dumps(registry(json.load(sys.stdin))))
    else:
        raise ValueError(f"no such verb: {verb}")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except urllib.error.HTTPError as e:
        sys.exit(f"{' '.join(sys.argv[1:])}: {e.code} {e.read().decode(errors='replace')[:300]}")
    except Exception as e:  # one line, whatever it was
        sys.exit(f"{' '.join(sys.argv[1:])}: {getattr(e, 'reason', e)}")
