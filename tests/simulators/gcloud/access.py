"""Who may do what in a project, and what is enabled there."""

from typing import Any

from tests.simulators.gcloud.command_line import Command
from tests.simulators.gcloud.refusals import Refused, absent, taken

State = dict[str, Any]


class Access:
    """The project itself, its products, its accounts and their roles."""

    def __init__(self, state: State) -> None:
        self.state = state

    def run(self, command: Command, given: str) -> Any:
        """Return what the command prints."""
        self._admit(command)
        kind = command.name.replace(" ", "_").replace("-", "_")
        return getattr(self, f"_{kind}")(command, given)

    def _admit(self, command: Command) -> None:
        project = command.flag("project", self.state["project"])
        if command.name.startswith("projects"):
            project = command.about[0]
        if project != self.state["project"]:
            raise Refused(f"PERMISSION_DENIED: The project {project} does not exist, or you may not see it.")
        api = command.form.api
        if api is not None and f"{api}.googleapis.com" not in self.state["enabled"]:
            raise Refused(
                f"PERMISSION_DENIED: {api} API has not been used in project {project} or it is disabled."
            )
        refused = self.state.get("refuses", {}).get(command.name)
        if refused:
            raise Refused(refused)

    def _one(self, kind: str, name: str) -> Any:
        if name not in self.state[kind]:
            raise absent(kind, name)
        return self.state[kind][name]

    def _new(self, kind: str, name: str, value: Any) -> None:
        if name in self.state[kind]:
            raise taken(kind, name)
        self.state[kind][name] = value

    # Projects and products
    def _projects_describe(self, command: Command, given: str) -> Any:
        return {"projectId": self.state["project"], "projectNumber": self.state["number"]}

    def _services_list(self, command: Command, given: str) -> Any:
        return [{"config": {"name": name}, "state": "ENABLED"} for name in self.state["enabled"]]

    def _services_enable(self, command: Command, given: str) -> Any:
        if not self.state["billing"]:
            raise Refused(
                f"FAILED_PRECONDITION: Billing account for project '{self.state['number']}' is not found. "
                "Billing must be enabled for activation of service(s) 'run.googleapis.com' to proceed."
            )
        self.state["enabled"] = sorted({*self.state["enabled"], *command.about})

    # Who may do what
    def _policy(self, resource: str) -> Any:
        bindings = self.state["policies"].get(resource, {})
        return {"bindings": [{"role": role, "members": members} for role, members in bindings.items()]}

    def _bind(self, resource: str, command: Command) -> None:
        email = command.flag("member").partition(":")[2]
        self._known_account(email)
        members = self.state["policies"].setdefault(resource, {}).setdefault(command.flag("role"), [])
        if command.flag("member") not in members:
            members.append(command.flag("member"))

    def _known_account(self, email: str) -> None:
        account = self.state["accounts"].get(email)
        if account is None:
            raise Refused(f"INVALID_ARGUMENT: Service account {email} does not exist.")
        if account.pop("unseen", None):
            raise Refused(f"INVALID_ARGUMENT: Service account {email} does not exist.")

    def _may(self, resource: str, email: str, role: str) -> None:
        if f"serviceAccount:{email}" not in self.state["policies"].get(resource, {}).get(role, []):
            raise Refused(f"PERMISSION_DENIED: {email} lacks {role} on {resource}.")

    def _projects_get_iam_policy(self, command: Command, given: str) -> Any:
        return self._policy("project")

    def _projects_add_iam_policy_binding(self, command: Command, given: str) -> Any:
        self._bind("project", command)

    def _iam_service_accounts_list(self, command: Command, given: str) -> Any:
        return [{"email": email} for email in self.state["accounts"]]

    def _iam_service_accounts_create(self, command: Command, given: str) -> Any:
        email = f"{command.about[0]}@{self.state['project']}.iam.gserviceaccount.com"
        self._new("accounts", email, {"unseen": True} if self.state.get("slow") else {})
