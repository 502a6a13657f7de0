import { Tabs } from "@/components/Tabs";

/** Where alerts come in, and how one is made. */
export function SetupTabs() {
  return (
    <Tabs
      label="Webhook Setup"
      tabs={[
        { label: "Addresses", to: "/setup" },
        { label: "Alert builder", to: "/setup/builder" },
      ]}
    />
  );
}
