/** Where alerts are sent, and what would keep them from arriving. */

import { answer, api } from "@/api/client";
import { useLive } from "@/api/queries";

/** A reason why alerts may not arrive, and what to do; `command` is for a terminal. */
export interface Warning {
  id: string;
  text: string;
  command?: string;
}

interface House {
  /** The address under which alerts come in, without a path. */
  base: string;
  /** False until the settings have been read. */
  isKnown: boolean;
  /** The largest message that is taken, in bytes. */
  largest: number;
}

const LARGEST = 4096;
const TAKEN_PORTS = new Set(["", "80", "443"]);
const LOOPBACK = /^(localhost|.*\.localhost|127(\.\d+){3}|0\.0\.0\.0|\[::1?\])$/;
const PRIVATE =
  /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.)|\.(local|lan|home|internal)$|^[^.[\]]+$/;

/** Read where this house is found; until that is known, and without `PUBLIC_URL`, it is this page's address. */
export function useHouse(): House {
  const settings = useLive({ key: ["settings"], topics: [], read: () => answer(api.GET("/api/settings")) });
  const settingOf = (name: string) => settings.data?.settings.find((row) => row.name === name)?.value ?? null;
  const publicUrl = settingOf("PUBLIC_URL");
  return {
    base: (publicUrl || location.origin).replace(/\/+$/, ""),
    isKnown: !settings.isPending,
    largest: Number(settingOf("MAX_CONTENT_LENGTH")) || LARGEST,
  };
}

function parsed(base: string): URL | null {
  return URL.canParse(base) ? new URL(base) : null;
}

/** True for an address that no other device can open. */
export function isLoopback(base: string): boolean {
  return LOOPBACK.test(parsed(base)?.hostname ?? "");
}

/** Say why TradingView could not reach an address. */
export function addressWarnings(base: string): Warning[] {
  const url = parsed(base);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    return [{ id: "malformed", text: "An address begins with https:// and has a host's name." }];
  }
  const { hostname, port, protocol } = url;
  if (LOOPBACK.test(hostname) || PRIVATE.test(hostname)) {
    return [unreachable(url)];
  }
  return [
    hostname.startsWith("[") && {
      id: "ipv6",
      text: "TradingView sends to no IPv6 address: give the machine a name or an IPv4 address.",
    },
    !TAKEN_PORTS.has(port) && {
      id: "port",
      text: `TradingView sends to ports 80 and 443 alone, and this address has ${port}: put a proxy or a tunnel in front.`,
    },
    protocol === "http:" && {
      id: "plain",
      text: "Over http:// whoever is on the way can read the secret: use https://.",
    },
  ].filter((warning) => warning !== false);
}

function unreachable({ hostname, port, protocol }: URL): Warning {
  const place = LOOPBACK.test(hostname) ? "this machine" : "your own network";
  const target = LOOPBACK.test(hostname) ? "localhost" : hostname;
  const own = port || (protocol === "https:" ? "443" : "80");
  return {
    id: "unreachable",
    text:
      `Only ${place} can open ${hostname}; TradingView cannot. Open a tunnel, then write the address that it prints ` +
      "into PUBLIC_URL in .env and start Gatehouse anew:",
    command: `cloudflared tunnel --url http://${target}:${own}`,
  };
}
