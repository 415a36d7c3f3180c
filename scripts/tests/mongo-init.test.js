// Runs k8s/base/platform/mongodb/init.js against replica sets that exist in memory only: three members cannot be had from
// the test cluster's server. It shows the order of the commands; MongoDB's own behaviour it does not show.
"use strict";
const assert = require("node:assert");
const fs = require("node:fs");
const vm = require("node:vm");

const script = fs.readFileSync(process.argv[2], "utf8");
const name = (member) => `mongo-${member}.mongo.platform.svc.cluster.local:27017`;

// A replica set as its commands show it. New members catch up after a few looks at the status.
class Set {
  constructor() {
    this.config = null;
    this.looks = {};
    this.users = {};
    this.roles = {};
    this.knowsRoles = true;
    this.commands = [];
    this.failures = [];
    this.lost = 0; // so often member 0 says that it is in no set, as after its volume was lost
    this.away = [];
  }

  run(host, command) {
    if (this.away.includes(host)) throw new Error(`${host} does not answer`);
    const [verb] = Object.keys(command);
    if (!["hello", "replSetGetStatus", "replSetGetConfig", "usersInfo", "rolesInfo"].includes(verb)) this.commands.push(verb);
    if (this.failures[0] === verb) {
      this.failures.shift();
      return { ok: 0, errmsg: `${verb} was made to fail` };
    }
    switch (verb) {
      case "hello":
        return this.config === null || (host === name(0) && this.lost-- > 0)
          ? { ok: 1, isWritablePrimary: false }
          : { ok: 1, setName: "rs0", isWritablePrimary: true, me: name(0) };
      case "replSetInitiate":
        if (this.config !== null) return { ok: 0, codeName: "AlreadyInitialized", errmsg: "already initialized" };
        this.config = { ...command.replSetInitiate, version: 1 };
        return { ok: 1 };
      case "replSetGetConfig":
        return { ok: 1, config: structuredClone(this.config) };
      case "replSetReconfig": {
        const next = command.replSetReconfig;
        assert.equal(next.version, this.config.version + 1, "the version of a new configuration is one more");
        assert.equal(next.members.length, this.config.members.length + 1, "one member at a time");
        for (const { host } of this.config.members) assert.ok(this.caughtUp(host), `${host} has not caught up`);
        this.config = next;
        return { ok: 1 };
      }
      case "replSetGetStatus":
        return {
          ok: 1,
          members: this.config.members.map(({ host }, index) => {
            this.looks[host] = (this.looks[host] || 0) + 1;
            return { name: host, stateStr: index === 0 ? "PRIMARY" : this.caughtUp(host) ? "SECONDARY" : "STARTUP2" };
          }),
        };
      case "usersInfo":
        return { ok: 1, users: this.users[command.usersInfo] ? [this.users[command.usersInfo]] : [] };
      case "rolesInfo":
        if (!this.knowsRoles) throw Object.assign(new Error("no such command: 'rolesInfo'"), { code: 59 });
        return { ok: 1, roles: this.roles[command.rolesInfo] ? [this.roles[command.rolesInfo]] : [] };
      case "createRole":
      case "updateRole":
        assert.equal(verb === "updateRole", command[verb] in this.roles);
        this.roles[command[verb]] = command.privileges;
        return { ok: 1 };
      case "createUser":
      case "updateUser":
        assert.equal(verb === "updateUser", command[verb] in this.users);
        this.users[command[verb]] = { pwd: command.pwd, roles: command.roles };
        return { ok: 1 };
      default:
        throw new Error(`unexpected command ${verb}`);
    }
  }

  caughtUp(host) {
    return host === name(0) || (this.looks[host] || 0) > 2;
  }
}

function init(set, members) {
  let now = 0;
  const databaseOf = (host) => {
    const database = {
      auth: () => assert.ok(set.config !== null || host === name(0), `${host} knows no password yet`),
      runCommand: (command) => set.run(host, command),
    };
    database.getSiblingDB = () => database;
    return database;
  };
  vm.runInNewContext(script, {
    require: () => ({ readFileSync: (path) => `password of ${path}\n` }),
    process: { env: { MONGO_MEMBERS: String(members), MONGO_DATABASE: "gpu_analytics" } },
    Mongo: (target) => ({ getDB: () => databaseOf(/^mongodb:\/\/([^/]+)\//.exec(target)[1]) }),
    Date: { now: () => now },
    sleep: (ms) => (now += ms),
    print: () => {},
  });
}

// One member, then three, then once more.
const set = new Set();
init(set, 1);
assert.deepEqual(set.commands, ["replSetInitiate", "createRole", "createUser"]);
assert.equal(set.users.processor.pwd, "password of /etc/mongo-processor/password");
assert.equal(
  JSON.stringify(set.users.processor.roles),
  '[{"role":"readWrite","db":"gpu_analytics"},{"role":"retention","db":"gpu_analytics"}]',
);
assert.equal(
  JSON.stringify(set.roles.retention),
  '[{"resource":{"db":"gpu_analytics","collection":""},"actions":["collMod"]}]',
  "it may change an index and nothing else",
);
set.commands = [];
init(set, 3);
assert.deepEqual(set.commands, ["replSetReconfig", "replSetReconfig", "updateRole", "updateUser"]);
assert.deepEqual(set.config.members.map((m) => m.host), [name(0), name(1), name(2)]);
assert.equal(new globalThis.Set(set.config.members.map((m) => m._id)).size, 3, "every member has an id of its own");
set.commands = [];
init(set, 3);
assert.deepEqual(set.commands, ["updateRole", "updateUser"], "a second run adds nobody");

// Where the server knows no roles of one's own, the user reads and writes alone; any other refusal ends the run.
const plain = new Set();
plain.knowsRoles = false;
init(plain, 1);
assert.deepEqual(plain.commands, ["replSetInitiate", "createUser"]);
assert.equal(JSON.stringify(plain.users.processor.roles), '[{"role":"readWrite","db":"gpu_analytics"}]');
const refused = new Set();
refused.failures = ["createRole"];
assert.throws(() => init(refused, 1), /role retention: createRole was made to fail/);

// A member that cannot be added yet is tried again; one that never can ends the run with the reason.
const slow = new Set();
slow.failures = ["replSetReconfig", "replSetReconfig"];
init(slow, 2);
assert.equal(slow.config.members.length, 2);
const broken = new Set();
broken.failures = Array(1000).fill("replSetReconfig");
assert.throws(() => init(broken, 2), /adding mongo-1.*after 240 s: replSetReconfig was made to fail/);

// Three at once: each of the others says that it is in no set before there is one.
const three = new Set();
init(three, 3);
assert.deepEqual(three.commands, ["replSetInitiate", "replSetReconfig", "replSetReconfig", "createRole", "createUser"]);

// Member 0 has lost its volume: no second set is made. The one that is there takes it back, or the run ends with the reason.
three.commands = [];
three.lost = 5;
init(three, 3);
assert.deepEqual(three.commands, ["updateRole", "updateUser"], "it waits for the set");
three.commands = [];
three.lost = Infinity;
assert.throws(
  () => init(three, 3),
  /mongo-0\S+ is in no replica set, mongo-1\S+ is in rs0, and a second one is not made; waiting for that to take it back: still failing after 240 s/,
);
assert.deepEqual(three.commands, [], "nothing is changed");
// The first of the others is away, too: what it would say is not known.
three.away = [name(1)];
assert.throws(() => init(three, 3), /asking mongo-1\S+ for its replica set: still failing after 240 s: mongo-1\S+ does not answer/);
assert.deepEqual(three.commands, [], "nothing is changed");
assert.throws(() => init(new Set(), 0), /MONGO_MEMBERS is '0'; expected 1 to 7/);
console.log("13 passed, 0 failed");
