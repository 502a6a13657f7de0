/** The way to Stop where the page itself cannot ask: a plain form, served whole, that needs no script. */
export function PlainStop() {
  return (
    <p>
      <a href="/stop">Stop trading on a plain page</a>, which works without this one.
    </p>
  );
}
