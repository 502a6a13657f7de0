import { Tabs } from "@/components/Tabs";

/** What there is to look back at. */
export function LogsTabs() {
  return (
    <Tabs
      label="Logs"
      tabs={[
        { label: "Tickets", to: "/logs" },
        { label: "Activity", to: "/logs/activity" },
        { label: "Refused at the door", to: "/logs/refusals" },
      ]}
    />
  );
}
