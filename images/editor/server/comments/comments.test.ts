/** Comments on passages: who may say what, and that none is lost. */
import { randomUUID } from "node:crypto";
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Anchor, anchorOf, passageOf } from "../../../../shared/editor/anchor.ts";
import { MAX_COMMENTS_BYTES, type Thread } from "../../../../shared/editor/comments.ts";
import { may, ROLES, type Role } from "../../../../shared/roles.ts";
import type { Browser } from "../testing/browser.ts";
import { Workplace } from "../testing/workplace.ts";

const TEXT = "# Waves\n\nSome slanted prose.\n\nThe end.\n";
const [ANN, BOB] = ["9d1f7f1e-6c55-4e0e-8f4e-0b7d2a6c1e55", "0b9dc9b5-8e9f-4d2a-9a53-0d1b8a3f7c12"];

let place: Workplace;
beforeEach(async () => {
  place = await Workplace.create({ "a.md": TEXT, "b.md": "two\n" });
});
afterEach(() => place.dispose());

const ask = (change: object, role: Role = "editor", userId = ANN) =>
  place.ask("POST", "/comments", { path: "a.md", ...change }, role, userId);

const wordsIn = (browser: Browser, words: string): Anchor => {
  const from = browser.text.toString().indexOf(words);
  return anchorOf(browser.text, { from, to: from + words.length });
};

/** What the thread's passage is now. */
const shown = (browser: Browser, { anchor }: Thread) => {
  const passage = passageOf(browser.text, anchor);
  return passage && browser.text.toString().slice(passage.from, passage.to);
};

async function begin(browser: Browser, words = "slanted prose", text = "Which one?"): Promise<string> {
  const comment = randomUUID();
  expect((await ask({ do: "begin", comment, anchor: wordsIn(browser, words), text })).status).toBe(200);
  return comment;
}

const only = (browser: Browser): Thread => {
  const [thread, ...more] = browser.threads;
  if (!thread || more.length > 0) throw new Error(`there are ${browser.threads.length} threads`);
  return thread;
};

test("a comment is told to everybody who has the document open, under the name that the server knows", async () => {
  const [ann, eve] = [await place.browse("a.md").synced(), await place.browse("a.md", { role: "viewer" }).synced()];
  const other = await place.browse("b.md").synced();
  const id = await begin(ann);
  await eve.until(() => eve.threads.length === 1);
  expect(only(eve)).toMatchObject({
    id,
    quote: "slanted prose",
    resolved: null,
    comments: [{ id, author: { userId: ANN, handle: "demo", name: "Demo Döe" }, edited: null, text: "Which one?" }],
  });
  expect(other.threads).toEqual([]);
  expect(await place.read("a.md")).toBe(TEXT);
});

test("replies follow, and a thread is resolved and reopened by anybody who may comment", async () => {
  const ann = await place.browse("a.md").synced();
  const thread = await begin(ann);
  await ask({ do: "reply", thread, comment: randomUUID(), text: " The second. " }, "runner", BOB);
  await ask({ do: "resolve", thread }, "runner", BOB);
  await ann.until(() => only(ann).resolved !== null);
  expect(only(ann).comments.map(({ text, author }) => [text, author.userId])).toEqual([
    ["Which one?", ANN],
    ["The second.", BOB],
  ]);
  expect(only(ann).resolved?.by.userId).toBe(BOB);
  await ask({ do: "reopen", thread });
  await ann.until(() => only(ann).resolved === null);
});

describe("nobody but", () => {
  test.each(ROLES)("who may comment does: a %s", async (role) => {
    const ann = await place.browse("a.md").synced();
    const begun = { do: "begin", comment: randomUUID(), anchor: wordsIn(ann, "prose"), text: "Hm." };
    expect((await ask(begun, role)).status).toBe(may(role, "comment") ? 200 : 403);
    expect((await place.browse("a.md").synced()).threads).toHaveLength(may(role, "comment") ? 1 : 0);
  });

  test("its author edits a comment, whatever the other's role is", async () => {
    const ann = await place.browse("a.md").synced();
    const thread = await begin(ann);
    const edit = { do: "edit", thread, comment: thread, text: "Never mind." };
    expect((await ask(edit, "owner", BOB)).status).toBe(403);
    expect((await ask(edit)).status).toBe(200);
    await ann.until(() => only(ann).comments[0]?.edited !== null);
    expect(only(ann).comments[0]?.text).toBe("Never mind.");
  });

  test.each(ROLES.slice(1))(
    "its author deletes a comment, and who looks after the project: another %s",
    async (role) => {
      const ann = await place.browse("a.md").synced();
      const thread = await begin(ann);
      const isAllowed = may(role, "moderate");
      expect((await ask({ do: "delete", thread, comment: thread }, role, BOB)).status).toBe(isAllowed ? 200 : 403);
      if (!isAllowed) expect((await ask({ do: "delete", thread, comment: thread }, "runner")).status).toBe(200);
      await ann.until(() => ann.threads.length === 0);
    },
  );
});

test("what others have replied stays when the first comment is deleted", async () => {
  const ann = await place.browse("a.md").synced();
  const thread = await begin(ann);
  await ask({ do: "reply", thread, comment: randomUUID(), text: "Both." }, "runner", BOB);
  await ask({ do: "delete", thread, comment: thread });
  await ann.until(() => only(ann).comments.length === 1 && only(ann).comments[0]?.text === "Both.");
  expect(only(ann).quote).toBe("slanted prose");
});

test("sent twice, it is one comment", async () => {
  const ann = await place.browse("a.md").synced();
  const [comment, answer] = [randomUUID(), randomUUID()];
  const begun = { do: "begin", comment, anchor: wordsIn(ann, "prose"), text: "Hm." };
  const reply = { do: "reply", thread: comment, comment: answer, text: "Yes." };
  const answers = [await ask(begun), await ask(begun), await ask(reply), await ask(reply)];
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  await ann.until(() => only(ann).comments.length === 2);
});

test.each([
  ["of nothing", { text: "  " }],
  ["that is a book", { text: "x".repeat(5_001) }],
  ["on no passage", { anchor: { from: "AAAA", to: "!!" } }],
  ["on a document that is not there", { path: "none.md" }],
  ["without a name of its own", { comment: "1" }],
])("a comment %s is refused", async (_, wrong) => {
  const ann = await place.browse("a.md").synced();
  const begun = { do: "begin", comment: randomUUID(), anchor: wordsIn(ann, "prose"), text: "Hm." };
  expect((await ask({ ...begun, ...wrong })).status).toBeGreaterThanOrEqual(400);
  expect((await place.browse("a.md").synced()).threads).toEqual([]);
});

test("what was answered to is there after kill -9, and moves with its passage", async () => {
  const ann = await place.browse("a.md").synced();
  ann.text.insert(ann.text.length, "A word that was just typed.\n");
  await ann.synced();
  await begin(ann, "just typed");
  await place.killServer();
  await place.startServer();
  const back = await place.browse("a.md").synced();
  back.text.insert(0, "Above it.\n");
  expect(shown(back, only(back))).toBe("just typed");
});

test("it survives an orderly end, and another program that rewrites the file", async () => {
  const ann = await place.browse("a.md").synced();
  await begin(ann);
  await place.killServer("SIGTERM");
  await place.write("a.md", `By git.\n\n${TEXT}`);
  await place.startServer();
  const back = await place.browse("a.md").synced();
  await place.write("a.md", `By sed.\n\n${TEXT}`);
  await back.until(() => back.text.toString().startsWith("By sed."));
  expect(shown(back, only(back))).toBe("slanted prose");
});

test("it is there with its words when its passage is gone, and when the file was away", async () => {
  const ann = await place.browse("a.md").synced();
  await begin(ann);
  ann.text.delete(0, ann.text.length);
  await ann.synced();
  expect([only(ann).quote, shown(ann, only(ann))]).toEqual(["slanted prose", null]);
  await rename(place.file("a.md"), place.file("c.md"));
  await ann.until(() => ann.closedWith !== null);
  await rename(place.file("c.md"), place.file("a.md"));
  expect(only(await place.browse("a.md").synced()).quote).toBe("slanted prose");
});

test("a document whose comments can't be read is not opened, and they stay as they are", async () => {
  const ann = await place.browse("a.md").synced();
  await begin(ann);
  await place.killServer("SIGTERM");
  const file = join(await place.stateOf("a.md"), "comments");
  await writeFile(file, "[{");
  await place.startServer();
  const back = place.browse("a.md");
  await back.until(() => back.closedWith !== null);
  expect(back.greeting).toBeNull();
  expect(await readFile(file, "utf8")).toBe("[{");
});

test("a document is not filled with comments without end, and a full one can be cleared", async () => {
  const ann = await place.browse("a.md").synced();
  const thread = await begin(ann);
  await ann.until(() => ann.threads.length === 1);
  const full = only(ann);
  await place.killServer("SIGTERM");
  const text = "x".repeat(MAX_COMMENTS_BYTES - 1_000);
  const file = join(await place.stateOf("a.md"), "comments");
  await writeFile(file, JSON.stringify([{ ...full, comments: [{ ...full.comments[0], text }] }]));
  await place.startServer();
  const reply = { do: "reply", thread, comment: randomUUID(), text: "y".repeat(2_000) };
  expect((await ask(reply)).status).toBe(429);
  expect((await ask({ do: "resolve", thread })).status).toBe(200);
  expect((await ask({ do: "delete", thread, comment: thread })).status).toBe(200);
});
