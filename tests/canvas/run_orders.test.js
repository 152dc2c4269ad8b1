/** What a task that waits to be claimed may be asked for, and how far its order is in words. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { orderWords, taskOrders } from "../../app/static/canvas/run/orders.js";

const order = (status, more = {}) => ({ status, creator: "mara", claimant: "", rejecter: "", ...more });
const task = (it) => ({ state: "created", name: "release", order: it });
const actions = (it, me = "jonas") => taskOrders(task(it), 0, me).map(({ action, ask }) => [action, Boolean(ask)]);

test("a task that waits for nobody is started", () => {
  assert.deepEqual(actions(null), [["start", false]]);
});

test("an order that nobody has claimed is claimed or rejected, and not started", () => {
  assert.deepEqual(actions(order("submitted")), [["claim", false], ["reject", true]]);
});

test("who has claimed it starts it; others are asked whether they mean to", () => {
  assert.deepEqual(actions(order("claimed", { claimant: "jonas" })), [["start", false]]);
  assert.deepEqual(actions(order("claimed", { claimant: "li.wei" })), [["start", true]]);
});

test("a rejected order takes nothing more", () => {
  assert.deepEqual(actions(order("rejected", { rejecter: "li.wei" })), []);
});

test("the page says whose turn it is", () => {
  assert.match(orderWords(order("submitted")), /mara.*an operator must claim it/);
  assert.match(orderWords(order("claimed", { claimant: "jonas" })), /claimed by jonas/);
  assert.match(orderWords(order("rejected", { rejecter: "li.wei" })), /rejected by li.wei/);
});
