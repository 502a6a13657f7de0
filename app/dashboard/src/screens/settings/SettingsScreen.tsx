import { useState } from "react";
import { answer, api, type Schema } from "@/api/client";
import { useAction, useLive } from "@/api/queries";
import { Badge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { Field } from "@/components/Field";
import { PageHeader, Panel } from "@/components/Panel";
import { EmptyState, Failure, LoadFailed, Loading } from "@/components/States";
import { type Column, Table } from "@/components/Table";
import { useTitle } from "@/hooks/useTitle";
import { AuditPanel } from "./AuditPanel";
import styles from "./SettingsScreen.module.css";

type Setting = Schema<"Settings">["settings"][number];

const SOURCES: Record<Setting["source"], string> = {
  environment: "environment",
  default: "default",
  "first start": "made at the first start",
};
const COLUMNS: readonly Column<Setting>[] = [
  { name: "Name", isTitle: true, cell: (setting) => <code>{setting.name}</code> },
  { name: "Value", cell: (setting) => <Value setting={setting} /> },
  { name: "Comes from", cell: (setting) => SOURCES[setting.source] },
  { name: "Meaning", cell: (setting) => <span className={styles.meaning}>{setting.meaning}</span> },
];

/** What Gatehouse was started with, and who changed what since. */
export function SettingsScreen() {
  useTitle("Settings");
  const settings = useLive({ key: ["settings"], topics: [], read: () => answer(api.GET("/api/settings")) });
  const [sought, setSought] = useState("");
  const found = settings.data?.settings.filter(({ name, meaning }) =>
    `${name} ${meaning}`.toLowerCase().includes(sought.trim().toLowerCase()),
  );
  return (
    <div className="stack">
      <PageHeader
        title="Settings"
        hint="What Gatehouse was started with. They are changed in the environment or in .env, then it is started anew."
        actions={<NotificationTest />}
      />
      {settings.data && settings.data.warnings.length > 0 && (
        <Panel title="Worth a look">
          <ul className={styles.warnings}>
            {settings.data.warnings.map((warning) => (
              <li key={warning}>{warning}</li>
            ))}
          </ul>
        </Panel>
      )}
      <Field
        label="Find a setting"
        type="search"
        value={sought}
        onChange={(event) => setSought(event.target.value)}
      />
      <Panel title="Settings" hint={settings.data && `Gatehouse ${settings.data.version}`} isFlush>
        {settings.isPending && <Loading what="settings" />}
        {settings.isError && (
          <LoadFailed what="The settings" error={settings.error} retry={() => void settings.refetch()} />
        )}
        {found?.length === 0 && (
          <EmptyState
            title="No setting has that in its name or meaning."
            action={<Button onClick={() => setSought("")}>Show all</Button>}
          />
        )}
        {found && found.length > 0 && (
          <Table caption="Settings" columns={COLUMNS} rows={found} keyOf={({ name }) => name} />
        )}
      </Panel>
      <AuditPanel />
    </div>
  );
}

function Value({ setting }: { setting: Setting }) {
  if (setting.is_secret) {
    return setting.is_set ? <Badge>set</Badge> : <span className="soft">not set</span>;
  }
  return setting.value === null || setting.value === "" ? (
    <span className="soft">not set</span>
  ) : (
    <code className={styles.value}>{setting.value}</code>
  );
}

function NotificationTest() {
  const test = useAction(() => answer(api.POST("/api/notifications/test")));
  return (
    <div className="stack">
      <Button operatorOnly isPending={test.isPending} onClick={() => test.mutate(undefined)}>
        {test.data?.status === "sent" ? "Sent: did it arrive?" : "Send me a test message"}
      </Button>
      {test.data?.status === "not_set_up" && (
        <p className="small" role="status">
          Nothing was sent: set NOTIFICATION_URL in .env, then start Gatehouse anew.
        </p>
      )}
      {test.isError && <Failure error={test.error} />}
    </div>
  );
}
