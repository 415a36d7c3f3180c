// Makes the replica set, adds the members that are missing, and makes the processor's user or gives it the password
// of the Secret. Safe to repeat: what is right already is left alone. Run by mongosh without a connection.
const fs = require("fs");

const members = Number(process.env.MONGO_MEMBERS);
if (!Number.isInteger(members) || members < 1 || members > 7) {
  throw new Error(`MONGO_MEMBERS is '${process.env.MONGO_MEMBERS}'; expected 1 to 7`);
}
const database = process.env.MONGO_DATABASE;
const secret = (path) => fs.readFileSync(path, "utf8").trim();
const host = (member) => `mongo-${member}.mongo.platform.svc.cluster.local:27017`;
const limit = Date.now() + 240_000;

// retry(what, attempt): repeats the attempt until it answers something, for at most four minutes in all.
function retry(what, attempt) {
  for (;;) {
    let reason;
    try {
      const answer = attempt();
      if (answer) return answer;
      reason = "not yet";
    } catch (error) {
      reason = error.message;
    }
    if (Date.now() > limit) throw new Error(`${what}: still failing after 240 s: ${reason}`);
    sleep(1000);
  }
}

function connect(target) {
  const db = Mongo(target).getDB("admin");
  db.auth("root", secret("/etc/mongo-root/password"));
  return db;
}

// The name of the set that a member is in; asked without a password, which an empty member does not know.
const setOf = (member) => Mongo(`mongodb://${host(member)}/?directConnection=true`).getDB("admin").runCommand({ hello: 1 }).setName;

// A member 0 without a set is the first of a new one, or has lost its volume. Another set beside one that is there would have its name
// and none of its data, so each of the others says first that it is in none; one that does not answer has said nothing.
function memberOfASet() {
  for (let member = 1; member < members; member++) {
    const name = retry(`asking ${host(member)} for its replica set`, () => setOf(member) || "none");
    if (name !== "none") return `${host(member)} is in ${name}`;
  }
  return null;
}

// Member 0 begins the set; it alone has a root user before there is one.
const first = retry(`connecting to ${host(0)}`, () => connect(`mongodb://${host(0)}/?directConnection=true`));
const hello = first.runCommand({ hello: 1 });
const there = hello.setName ? null : memberOfASet();
if (there) {
  // The set gives an empty member its data by itself, as long as it has a primary.
  retry(`${host(0)} is in no replica set, ${there}, and a second one is not made; waiting for that to take it back`, () => setOf(0));
} else if (!hello.setName) {
  const answer = first.runCommand({
    replSetInitiate: { _id: "rs0", members: [{ _id: 0, host: host(0) }] },
  });
  // Another run may have been here in between: then it is initialised, which is what is wanted.
  if (!answer.ok && answer.codeName !== "AlreadyInitialized") throw new Error(`replSetInitiate: ${answer.errmsg}`);
  print("init: replica set rs0 made");
}

const primary = retry("finding the primary", () => {
  const seen = connect(`mongodb://${host(0)}/?directConnection=true`).runCommand({ hello: 1 });
  return seen.isWritablePrimary ? seen.me : seen.primary;
});
const admin = connect(`mongodb://${primary}/?directConnection=true`);

// One at a time, and each only once it has caught up: a majority must not depend on an empty member.
for (let member = 1; member < members; member++) {
  const config = admin.runCommand({ replSetGetConfig: 1 }).config;
  if (!config.members.some((m) => m.host === host(member))) {
    const id = Math.max(...config.members.map((m) => m._id)) + 1;
    config.members.push({ _id: id, host: host(member) });
    config.version += 1;
    retry(`adding ${host(member)}`, () => {
      const answer = admin.runCommand({ replSetReconfig: config });
      if (!answer.ok) throw new Error(answer.errmsg);
      return true;
    });
    print(`init: member ${host(member)} added`);
  }
  retry(`waiting for ${host(member)} to catch up`, () => {
    const status = admin.runCommand({ replSetGetStatus: 1 });
    const it = status.members.find((m) => m.name === host(member));
    return it !== undefined && (it.stateStr === "SECONDARY" || it.stateStr === "PRIMARY");
  });
}

// Least privilege: reads and writes its own database, and nothing of any other. Beyond readWrite it may change how long an index keeps its
// documents, or a changed retention would drop the index and build it again.
const own = admin.getSiblingDB(database);
const password = secret("/etc/mongo-processor/password");
const COMMAND_NOT_FOUND = 59;

// makeRole: whether there is the role now. A server that speaks MongoDB's protocol only may know no roles but its own.
function makeRole() {
  let known;
  try {
    known = own.runCommand({ rolesInfo: "retention" });
  } catch (error) {
    known = error;
  }
  if (known.code === COMMAND_NOT_FOUND) return false;
  if (!known.ok) throw new Error(`role retention: ${known.errmsg || known.message}`);
  const made = own.runCommand({
    [known.roles.length > 0 ? "updateRole" : "createRole"]: "retention",
    privileges: [{ resource: { db: database, collection: "" }, actions: ["collMod"] }],
    roles: [],
  });
  if (!made.ok) throw new Error(`role retention: ${made.errmsg}`);
  return true;
}

const roles = [{ role: "readWrite", db: database }];
if (makeRole()) {
  roles.push({ role: "retention", db: database });
} else {
  print("init: the server knows no roles of one's own: a changed retention builds its index again");
}
const known = own.runCommand({ usersInfo: "processor" }).users.length > 0;
const command = known ? "updateUser" : "createUser";
const answer = own.runCommand({ [command]: "processor", pwd: password, roles: roles });
if (!answer.ok) throw new Error(`${command} processor: ${answer.errmsg}`);
print(`init: user processor of ${database} ${known ? "has its password and roles" : "made"}`);
print("init: done");
