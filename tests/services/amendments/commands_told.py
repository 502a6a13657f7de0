"""Words of the tests of commands."""

CANCEL = {"command": "cancel"}
MODIFY = {"command": "modify"}


def name_of(response) -> str:
    return response.json["order"]["client_order_id"]


def told(response) -> tuple:
    return response.status_code, response.json["status"], response.json.get("reason")
