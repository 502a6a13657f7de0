"""How the analyst is made: a language model where there is a key, else the rule."""

from functools import cached_property
from typing import Any

from app.config import Settings
from app.dataclass import dataclass
from app.domain.opinions import Mode
from app.logs import register_secrets
from app.services.analyst.base import Analyst
from app.services.analyst.failure_limit import FailureCount
from app.services.analyst.mcp_access import McpAccess, McpCheck, bearer


@dataclass(frozen=True, kw_only=True)
class Research:
    """Opinions, and what is kept about them; what is not used is not built.

    `given` stands in for the analyst that the settings ask for.
    """

    settings: Settings
    failures: FailureCount
    given: Analyst | None = None

    @cached_property
    def analyst(self) -> Analyst:
        """Whoever gives opinions here."""
        settings = self.settings
        if self.given is not None:
            return self.given
        if settings.openai_api_key is None:
            from app.services.analyst.rule_analyst import RulesAnalyst

            return RulesAnalyst()
        from app.services.analyst.model_api import API_URL, ModelServer
        from app.services.analyst.openai_analyst import OpenAiAnalyst

        return OpenAiAnalyst(
            server=ModelServer(
                settings.openai_api_key,
                settings.openai_model,
                settings.openai_base_url or API_URL,
                settings.max_output_tokens,
            ),
            tools=self.access,
            timeout_seconds=float(settings.analyst_timeout_seconds),
        )

    @cached_property
    def access(self) -> McpAccess | None:
        """Where the model's tools are; None without credentials."""
        settings = self.settings
        if settings.optionomics_email is None or settings.optionomics_token is None:
            return None
        authorization = bearer(settings.optionomics_email, settings.optionomics_token)
        register_secrets(authorization.removeprefix("Bearer "))
        return McpAccess(
            url=settings.optionomics_mcp_url,
            authorization=authorization,
            mode=Mode(settings.optionomics_mcp_mode),
            allowed=settings.optionomics_allowed_tools,
            tool_timeout_seconds=float(settings.mcp_tool_timeout_seconds),
        )

    def view(self) -> dict[str, Any]:
        """Show who gives opinions and whether the tools answer, within about a second."""
        has_model = self.settings.openai_api_key is not None
        access = self.access if has_model else None
        return {
            "analyst": self.analyst.name,
            "model": self.analyst.model,
            "mode": Mode.NONE if access is None else access.mode,
            "tools": self.tools.check(),
        }

    @cached_property
    def tools(self) -> McpCheck:
        """Whether the tools answer."""
        return McpCheck(self.access)
