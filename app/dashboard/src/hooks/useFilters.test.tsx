import { screen } from "@testing-library/react";
import { useLocation } from "react-router";
import { expect, it } from "vitest";
import { show } from "@/testing/page";
import { useFilters } from "./useFilters";

function Filtered() {
  const { filters, set, clear, isFiltered } = useFilters({ status: "all", bot: "" });
  return (
    <>
      <p>{`${filters.status}/${filters.bot} ${isFiltered}`}</p>
      <p data-testid="address">{useLocation().search}</p>
      <button type="button" onClick={() => set({ status: "denied" })}>
        denied
      </button>
      <button type="button" onClick={clear}>
        clear
      </button>
    </>
  );
}

it("reads filters from the address, and leaves out what is at its default", async () => {
  const { user } = show(<Filtered />, { at: "/logs?bot=momentum&other=1" });
  expect(screen.getByText("all/momentum true")).toBeDefined();

  await user.click(screen.getByRole("button", { name: "denied" }));
  expect(screen.getByText("denied/momentum true")).toBeDefined();
  expect(screen.getByTestId("address").textContent).toBe("?bot=momentum&other=1&status=denied");

  await user.click(screen.getByRole("button", { name: "clear" }));
  expect(screen.getByText("all/ false")).toBeDefined();
  expect(screen.getByTestId("address").textContent).toBe("?other=1");
});
