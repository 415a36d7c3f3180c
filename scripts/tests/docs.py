"""docs/infrastructure.md against the code: every variable with its default, every output, every make target."""
import glob
import json
import os
import re
import subprocess
import sys

root = sys.argv[1]
text = open(f"{root}/docs/infrastructure.md", encoding="utf-8").read()
wrong = []


def blocks(path, kind):
    code = open(f"{root}/{path}", encoding="utf-8").read()
    return {name: body for name, body in re.findall(rf'^{kind} "(\w+)" {{\n(.*?)^}}', code, re.M | re.S)}


def section(title):
    found = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", text, re.M | re.S)
    if not found:
        sys.exit(f"docs/infrastructure.md has no section '{title}'")
    return found[1]


rows = {m[0]: m[1] for m in re.findall(r"^\| `(\w+)` \| (.*?) \|", section("Variables"), re.M)}
code = blocks("terraform/variables.tf", "variable")
for name, body in code.items():
    default = re.search(r"^  default\s+= (.*)$", body, re.M)
    value = "required" if not default else f"`{default[1].strip()}`"
    if name not in rows:
        wrong.append(f"variable {name} is not in the table (default {value})")
    elif rows[name] != value:
        wrong.append(f"variable {name}: the table says {rows[name]}, the code {value}")
wrong += [f"variable {name} is in the table and not in the code" for name in rows if name not in code]

outputs = set(re.findall(r"^\| `(\w+)` \|", section("Outputs"), re.M))
wrong += [f"output {n}: in one place only" for n in outputs ^ set(blocks("terraform/outputs.tf", "output"))]

make = open(f"{root}/scripts/make/infra.mk", encoding="utf-8").read()
targets = set(re.findall(r"^([a-z0-9-]+): ## ", make, re.M))
named = set(re.findall(r"(?:`|^)make ([a-z0-9-]+)", text, re.M))
wrong += [f"target {t} is not in docs/infrastructure.md" for t in sorted(targets - named)]
others = {"deploy", "undeploy", "status", "verify-workflow", "backup", "restore", "help", "verify-scale-hpa"}
wrong += [f"docs/infrastructure.md names make {t}, which scripts/make/infra.mk has not" for t in sorted(named - targets - others)]

# What a target takes beside variables is in the first lines of its script as NAME=, and a person who reads the pages finds it there.
pages = text + "".join(open(f"{root}/{page}", encoding="utf-8").read() for page in ("docs/operations.md", "README.md"))
scripts = [path for path in glob.glob(f"{root}/scripts/infra/*") if os.path.isfile(path)]
for script in sorted(scripts):
    head = re.match(r"(?:#.*\n)*", open(script, encoding="utf-8").read())[0]
    wrong += [f"{os.path.basename(script)} takes {name}, which no page names" for name in sorted(set(re.findall(r"\b[A-Z][A-Z0-9_]+=", head)))
              if name not in pages]

# What a comment or a page names is there, but for what targets make and what is another project's.
elsewhere = {"docs/example-iam-policy.json", "terraform/backend.tf", "terraform/terraform.tfvars"}
tracked = subprocess.run(["git", "-C", root, "ls-files", "-co", "--exclude-standard", "terraform", "scripts/infra", "scripts/k8s", "scripts/lib", "scripts/ci", "scripts/make", ".github", "docs/infrastructure.md", "docs/operations.md"],
                         check=True, capture_output=True, text=True).stdout.split()
for path in tracked:
    if path.endswith(".json") or not os.path.isfile(f"{root}/{path}"):
        continue
    said = open(f"{root}/{path}", encoding="utf-8").read()
    for named in sorted(set(re.findall(r"(?<![\w./$-])(?:k8s|scripts|terraform|docs)/[A-Za-z0-9_./-]*[A-Za-z0-9_]", said)) - elsewhere):
        if not os.path.exists(f"{root}/{named}"):
            wrong.append(f"{path} names {named}, which is not there")

for path in ("docs/infrastructure.md", "docs/operations.md", "docs/placement.md", "README.md"):
    said = open(f"{root}/{path}", encoding="utf-8").read()
    wrong += [f"{path}: '{line.strip()}' takes whatever version is newest" for line in re.findall(r"^.*helm (?:install|upgrade) .*$", said, re.M)
              if not re.search(r"--version \d+\.\d+\.\d+", line)]
if "DNS-01" not in open(f"{root}/docs/operations.md", encoding="utf-8").read():
    wrong.append("docs/operations.md does not say how a certificate is had where port 80 is open to nobody")

releases = json.load(open(f"{root}/terraform/k3s-releases.json", encoding="utf-8"))["releases"]
bad = [v for v, s in releases.items() if not re.fullmatch(r"v1\.\d+\.\d+\+k3s\d+", v) or set(s) != {"amd64", "arm64"}
       or not all(re.fullmatch("[0-9a-f]{64}", x) for x in s.values())]
wrong += [f"k3s-releases.json: {v}" for v in bad]
print("\n".join(wrong) or f"{len(code)} variables, {len(outputs)} outputs, {len(targets)} targets")
sys.exit(bool(wrong))
