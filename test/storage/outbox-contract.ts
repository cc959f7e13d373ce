import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { OutboxStore } from "../../src/seams/index.js";
import { activityContract } from "./contract-activity.js";
import { claimContract } from "./contract-claim.js";
import { type HandoverKind, handoverContract } from "./contract-handover.js";
import { lifeContract } from "./contract-life.js";
import { receiptContract } from "./contract-receipts.js";
import { submitContract } from "./contract-submit.js";
import { tailContract } from "./contract-tails.js";

export interface StoreFactory extends HandoverKind {
  open(): Promise<OutboxStore>;
  /** Removes what `open` made. */
  clean(): Promise<void>;
}

/** What every implementation of `OutboxStore` keeps; run it for each. */
export function outboxContract(name: string, factory: StoreFactory): void {
  describe(`OutboxStore: ${name}`, () => {
    let opened: OutboxStore;
    beforeEach(async () => {
      opened = await factory.open();
    });
    afterEach(async () => {
      await opened.close();
      await factory.clean();
    });
    const store = () => opened;

    submitContract(store);
    tailContract(store);
    claimContract(store);
    handoverContract(store, factory);
    lifeContract(store);
    receiptContract(store);
    activityContract(store);

    it("refuses every call once closed", async () => {
      await opened.close();
      await expect(opened.get("s-a")).rejects.toMatchObject({ code: "closed" });
      await expect(opened.setCursor("t", "m", "c", "1")).rejects.toMatchObject({ code: "closed" });
    });

    it("closes twice without harm", async () => {
      await opened.close();
      await expect(opened.close()).resolves.toBeUndefined();
    });
  });
}
