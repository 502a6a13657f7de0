import { render, screen, within } from "@testing-library/react";
import type { FormEvent } from "react";
import { describe, expect, it, vi } from "vitest";
import { ApiError } from "@/api/errors";
import { show } from "@/testing/page";
import { Button } from "./Button";
import { Code } from "./Code";
import { Confirm } from "./Confirm";
import { Field } from "./Field";
import { Money, Percent, Quantity } from "./Figures";
import { Meter, Progress } from "./Meters";
import { EmptyState, LoadFailed } from "./States";
import { Table } from "./Table";
import { Tabs } from "./Tabs";
import { Age, Time } from "./Time";

describe("Button", () => {
  it("does nothing while it waits for an answer, and stays focusable", async () => {
    const press = vi.fn();
    const { user } = show(
      <Button isPending onClick={press}>
        Close
      </Button>,
    );
    const button = screen.getByRole("button", { name: "Close" });

    await user.click(button);

    expect(press).not.toHaveBeenCalled();
    expect(button.getAttribute("aria-busy")).toBe("true");
    expect(button.hasAttribute("disabled")).toBe(false);
  });

  it("tells a viewer why it cannot be pressed", async () => {
    const press = vi.fn();
    const { user } = show(
      <Button operatorOnly onClick={press}>
        Close
      </Button>,
      { role: "viewer" },
    );

    await user.click(screen.getByRole("button", { name: "Close (Viewers may look, but change nothing.)" }));

    expect(press).not.toHaveBeenCalled();
  });

  it("sends its form, but not while pending", async () => {
    const send = vi.fn((event: FormEvent) => event.preventDefault());
    const { user } = show(
      <form onSubmit={send}>
        <Button type="submit">Save</Button>
        <Button type="submit" isPending>
          Saving
        </Button>
      </form>,
    );

    await user.click(screen.getByRole("button", { name: "Save" }));
    await user.click(screen.getByRole("button", { name: "Saving" }));

    expect(send).toHaveBeenCalledTimes(1);
  });
});

describe("Table", () => {
  const COLUMNS = [
    { name: "Symbol", isTitle: true, cell: (row: { symbol: string }) => row.symbol },
    { name: "Quantity", isFigure: true, cell: () => <Quantity quantity="0.031084789" /> },
  ];

  it("is a table with a caption, and each row is named by its title", () => {
    render(
      <Table
        caption="Positions"
        columns={COLUMNS}
        rows={[{ symbol: "AAPL" }, { symbol: "NVDA" }]}
        keyOf={({ symbol }) => symbol}
        currentKey="NVDA"
      />,
    );

    const table = screen.getByRole("table", { name: "Positions" });
    expect(
      within(table)
        .getAllByRole("columnheader")
        .map((header) => header.textContent),
    ).toEqual(["Symbol", "Quantity"]);
    const row = screen.getByRole("row", { current: true });
    expect(within(row).getByRole("rowheader").textContent).toBe("NVDA");
    expect(within(row).getByText("0.031084789")).toBeDefined();
  });
});

describe("figures", () => {
  it.each([
    [<Money key="1" amount="-12.5" currency="USD" isGain />, "▼ −$12.50"],
    [<Money key="2" amount="12.5" currency="INR" isGain />, "▲ +₹12.50"],
    [<Money key="3" amount="0" currency="USD" isGain />, "$0.00"],
    [<Money key="4" amount={null} currency="USD" />, "–not known"],
    [<Percent key="5" fraction="0.0003" isGain hasArrow={false} />, "+0.03%"],
    [<Quantity key="6" quantity="1.50" />, "1.5"],
  ])("say sign, arrow and amount", (figure, shown) => {
    expect(render(figure).container.textContent).toBe(shown);
  });
});

describe("times", () => {
  it("carry the moment in UTC for machines", () => {
    render(<Time at="2026-11-29T18:45:30Z" withZone />);

    const time = screen.getByText(/29 Nov 2026/);
    expect(time.getAttribute("datetime")).toBe("2026-11-29T18:45:30Z");
  });

  it("tell an age, and below a second that it is now", () => {
    const { container, rerender } = render(<Age at={new Date(Date.now() - 65_500).toISOString()} />);
    expect(container.textContent).toBe("1 min 5 s ago");
    rerender(<Age at={new Date().toISOString()} />);
    expect(container.textContent).toBe("just now");
    rerender(<Age at={null} />);
    expect(container.textContent).toBe("never");
  });
});

it("a field is described by its unit, its help and what is wrong with it", () => {
  render(<Field label="Size" unit="%" help="Of the equity." error="At most 100." defaultValue="200" />);

  const field = screen.getByRole("textbox", { name: "Size", description: "% Of the equity. At most 100." });
  expect(field.getAttribute("aria-invalid")).toBe("true");
});

describe("CopyButton", () => {
  it("copies, and says so", async () => {
    const { user } = show(<Code text='{"symbol": "AAPL"}' what="message" />);

    await user.click(screen.getByRole("button", { name: "Copy message" }));

    expect(await navigator.clipboard.readText()).toBe('{"symbol": "AAPL"}');
    expect(screen.getByRole("button").textContent).toBe("Copied");
  });

  it("says what to do where the browser refuses", async () => {
    const { user } = show(<Code text="x" what="message" />);
    vi.spyOn(navigator.clipboard, "writeText").mockRejectedValue(new Error("denied"));

    await user.click(screen.getByRole("button", { name: "Copy message" }));

    expect(await screen.findByText("Select it by hand")).toBeDefined();
  });
});

describe("Confirm", () => {
  const FAILURE = new ApiError(409, { code: "CONFLICT", message: "It is closing already." });

  it("asks, and does it once somebody says so", async () => {
    const [close, confirm] = [vi.fn(), vi.fn()];
    const { user } = show(
      <Confirm
        title="Close AAPL?"
        isOpen
        action="Close 2 AAPL"
        onConfirm={confirm}
        onClose={close}
        failure={FAILURE}
      >
        At the market.
      </Confirm>,
    );

    const dialog = screen.getByRole("dialog", { name: "Close AAPL?" });
    expect(within(dialog).getByRole("alert").textContent).toContain("It is closing already.");
    await user.click(within(dialog).getByRole("button", { name: "Close 2 AAPL" }));
    expect([confirm.mock.calls.length, close.mock.calls.length]).toEqual([1, 0]);
    await user.click(within(dialog).getByRole("button", { name: "Cancel" }));
    expect(close).toHaveBeenCalledTimes(1);
  });

  it("is not there while it is closed", () => {
    show(
      <Confirm title="Close?" isOpen={false} action="Close" onConfirm={vi.fn()} onClose={vi.fn()}>
        x
      </Confirm>,
    );

    expect(screen.queryByRole("dialog", { hidden: true })).toBeNull();
  });
});

describe("states", () => {
  it("a failure says what happened, what to do, and can be tried again", async () => {
    const retry = vi.fn();
    const error = new ApiError(503, {
      code: "STORE_UNAVAILABLE",
      message: "The store cannot be reached.",
      requestId: "r-9",
    });
    const { user } = show(<LoadFailed what="Orders" error={error} retry={retry} />);

    expect(screen.getByText("Orders could not be read.")).toBeDefined();
    expect(screen.getByRole("alert").textContent).toContain("STORE_UNAVAILABLE · request r-9");
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(retry).toHaveBeenCalledTimes(1);
  });

  it("an empty list says what would fill it", () => {
    show(<EmptyState title="Nothing is held.">A position appears with the first fill.</EmptyState>);

    expect(screen.getByText("A position appears with the first fill.")).toBeDefined();
  });
});

describe("bars", () => {
  it("a meter says how much is used, in words too", () => {
    render(<Meter label="Daily cap" text="$210 of $250" share={0.84} />);

    const meter = screen.getByRole("meter", { name: "Daily cap" });
    expect(meter.getAttribute("aria-valuetext")).toBe("$210 of $250");
    expect(screen.getByText("close")).toBeDefined();
  });

  it("a progress bar says how far it is, or that nobody knows", () => {
    const { rerender } = render(<Progress label="Replay" done={420} total={1000} />);
    expect(screen.getByRole("progressbar", { name: "Replay" }).getAttribute("value")).toBe("420");
    expect(screen.getByText("42 %")).toBeDefined();
    rerender(<Progress label="Replay" />);
    expect(screen.getByText("under way")).toBeDefined();
  });
});

it("tabs are links, and the one that is open says so", () => {
  show(
    <Tabs
      label="Logs"
      tabs={[
        { label: "Tickets", to: "/logs" },
        { label: "Refusals", to: "/logs/refusals", count: 3 },
      ]}
    />,
    { at: "/logs/refusals" },
  );

  expect(screen.getByRole("link", { current: "page" }).textContent).toBe("Refusals3");
});
