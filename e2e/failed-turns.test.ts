/** What a person can do after a turn that failed, and what becomes of what waited behind it. */
import { expect, test } from "vitest";
import { callApi } from "./support/hostile-server.ts";
import { screenshot } from "./support/phone.ts";
import { bothShow, gate, row, send, sessionWith } from "./support/queue-stage.ts";

test("what waits behind a turn that fails rests, and goes when somebody sends it", async () => {
  const phone = await sessionWith("work before it fails");
  for (const words of ["fail", "after that"]) await send(phone, words);
  await bothShow([phone], ["fail", "after that"]);
  for (const step of [0, 1]) gate(`work before it fails/${step}`).open();
  await phone.getByText("1 message waits for you").waitFor();
  await bothShow([phone], ["after that"]);
  await screenshot(phone, "queue-rests-after-a-failure");
  await row(phone, "after that").getByRole("button", { name: "Send now" }).click();
  await phone.getByText("Heard: after that.").waitFor();
});

test("a turn that failed can be tried again behind a notice too, and two taps are one try", async () => {
  const phone = await sessionWith("fail");
  const again = phone.getByRole("button", { name: "Try again" });
  await again.waitFor();
  await callApi(phone, `PATCH /api${new URL(phone.url()).pathname.replace("/s/", "/sessions/")}`, {
    mode: "edit",
  });
  await phone
    .getByText(/^Mode is now/)
    .first()
    .waitFor();
  let tries = 0;
  const { opened, open } = gate("both taps");
  await phone.route("**/prompts", async (route) => {
    tries += 1;
    await opened;
    await route.continue();
  });
  await again.click();
  await again.and(phone.locator('[aria-disabled="true"]')).click({ force: true });
  open();
  await expect.poll(() => phone.locator(".trouble").count()).toBe(2);
  await phone.locator('button:not([aria-disabled="true"])', { hasText: /^Try again$/ }).waitFor();
  expect(tries).toBe(1);
});
