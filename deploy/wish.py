"""All that a plan is made from: what is asked for, what is there, and what follows from both."""

from collections.abc import Mapping
from dataclasses import dataclass

from deploy.cloud_settings import CloudSettings, cloud_settings
from deploy.look import Cloud
from deploy.options import CloudNames, Options
from deploy.running import Running, look_at_service


@dataclass(frozen=True, slots=True)
class Wish:
    """One deployment."""

    options: Options
    names: CloudNames
    cloud: Cloud
    running: Running
    settings: CloudSettings
    sql: bool
    egress: bool
    tag: str
    """The image's, by what it is built from."""

    @property
    def project(self) -> str:
        """Return the flag that names the project."""
        return f"--project={self.options.project}"

    @property
    def moves_state(self) -> bool:
        """True where the new revision would look for the state elsewhere than the running one keeps it."""
        is_other_home = self.running.keeps_state_in_database != self.settings.uses_database
        return self.running.exists and (is_other_home or self.running.has_database != self.sql)

    @property
    def image(self) -> str:
        """Return the image's name with its tag."""
        return f"{self.names.image}:{self.tag}"


def make_wish(options: Options, cloud: Cloud, said: Mapping[str, str], tag: str) -> Wish:
    """Look at the service, and decide what stays as it is: what nobody asks for, nobody takes away."""
    names = CloudNames(options.project, options.region)
    running = look_at_service(cloud, options)
    sql = running.has_database if options.sql is None else options.sql
    egress = running.has_egress if options.egress is None else options.egress
    settings = cloud_settings(said, running, names, cloud.number, sql=sql)
    return Wish(options, names, cloud, running, settings, sql, egress, tag)
