/** Says, quietly and as long as it is so, that others on the way can read along; a tap tells what to do. */
import { type Child, h } from "../../lib/dom.ts";
import { computed } from "../../lib/signal.ts";
import { device } from "../../state/access/device.ts";
import { go } from "../../state/navigation.ts";
import { text } from "../../text/en.ts";

/** Nothing on https and on the machine itself. */
export function NotEncrypted(): Child {
  const isOpen = computed(() => device.value?.server.notEncrypted === true);
  return () =>
    isOpen.value
      ? h(
          "a",
          {
            class: "not-encrypted",
            href: "/settings/reach",
            onclick: (event) => {
              event.preventDefault();
              go("/settings/reach");
            },
          },
          text.connection.notEncrypted,
        )
      : null;
}
