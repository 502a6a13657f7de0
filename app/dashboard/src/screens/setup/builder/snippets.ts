/** A message as a program sends it. */

import { SECRET } from "./sources";

const NOW = "{{timenow}}";

/** A command for a terminal. */
export function asCurl(address: string, message: string, secret: string): string {
  // Within single quotes the shell leaves all alone; the time is put in between two of them.
  const quoted = message.replaceAll("'", "'\\''").replaceAll(NOW, `'"$(date -u +%Y-%m-%dT%H:%M:%SZ)"'`);
  return `curl -sS '${address}' -H 'X-Bot-Secret: ${secret || SECRET}' -d '${quoted}'`;
}

/** A program that needs Python alone. */
export function asPython(address: string, message: string, secret: string): string {
  return `import urllib.error
import urllib.request
from datetime import UTC, datetime

MESSAGE = r"""${message}"""

request = urllib.request.Request(
    "${address}",
    data=MESSAGE.replace("${NOW}", datetime.now(UTC).isoformat()).encode(),
    headers={"X-Bot-Secret": "${secret || SECRET}"},
)
try:
    with urllib.request.urlopen(request, timeout=15) as answer:
        print(answer.status, answer.read().decode())
except urllib.error.HTTPError as refused:
    # A gate's refusal is an answer too: it says why. Only after a 5xx send the same again.
    print(refused.code, refused.read().decode())
`;
}
