import { lazy, Suspense, useState } from "react";
import { answer, api } from "@/api/client";
import { useAction } from "@/api/queries";
import { Button } from "@/components/Button";
import { Code } from "@/components/Code";
import { Failure, Loading } from "@/components/States";
import { Countdown } from "@/components/Time";
import { useNow } from "@/hooks/useNow";
import { isLoopback } from "../addresses";
import styles from "./Builder.module.css";
import { bytesOf } from "./checks";

// Its library is fetched only when a code is shown.
const QrCode = lazy(async () => ({ default: (await import("./QrCode")).QrCode }));
const MOST_BYTES = 900;

interface Shared {
  address: string;
  message: string;
  base: string;
}

/** Take address and message to the phone: by a link that opens once, or as plain text. */
export function PhoneCode(shared: Shared) {
  return isLoopback(shared.base) ? (
    <AsText {...shared} />
  ) : (
    <AsLink key={JSON.stringify(shared)} {...shared} />
  );
}

function AsLink({ address, message, base }: Shared) {
  const share = useAction(() => answer(api.POST("/api/share", { body: { address, message } })));
  const now = useNow();
  // The phone opens it where alerts come in, whatever address this page was opened under.
  const link = share.data && { ...share.data, url: base + new URL(share.data.url).pathname };
  const isOver = link !== undefined && Date.parse(link.expires_at) <= now;
  return (
    <div className="stack">
      <p className="soft">
        The code opens a page that shows address and message once, each with a copy button. It is good for ten
        minutes, and what it shows is kept encrypted until then.
      </p>
      {link && !isOver && (
        <div className={styles.phone}>
          <Drawn text={link.url} label="QR code of a link that opens once" />
          <div className="stack">
            <p>
              Point your phone's camera at it. Good for <Countdown until={link.expires_at} /> and one look.
            </p>
            <Code text={link.url} what="one-time link" isLine />
          </div>
        </div>
      )}
      {share.isError && <Failure error={share.error} />}
      <div>
        <Button operatorOnly isPending={share.isPending} onClick={() => share.mutate(undefined)}>
          {link ? "Make another code" : "Show a code for the phone"}
        </Button>
      </div>
    </div>
  );
}

function AsText({ address, message }: Shared) {
  const [isShown, setIsShown] = useState(false);
  const text = `${address}\n\n${message}`;
  const size = bytesOf(text);
  return (
    <div className="stack">
      <p className="soft">
        A phone cannot open {address.split("/")[2]}, so the code is address and message themselves, secret
        included: let nobody else see it. With PUBLIC_URL set it would be a link that opens once.
      </p>
      {size <= MOST_BYTES ? (
        <>
          <div>
            <Button aria-expanded={isShown} onClick={() => setIsShown(!isShown)}>
              {isShown ? "Hide the code" : "Show a code for the phone"}
            </Button>
          </div>
          {isShown && <Drawn text={text} label="QR code of address and message as text" />}
        </>
      ) : (
        <p>
          It has {size} bytes; a camera reads {MOST_BYTES} with ease and no more. Make the message shorter, or
          set PUBLIC_URL.
        </p>
      )}
    </div>
  );
}

function Drawn(code: { text: string; label: string }) {
  return (
    <Suspense fallback={<Loading what="the code" />}>
      <QrCode {...code} />
    </Suspense>
  );
}
