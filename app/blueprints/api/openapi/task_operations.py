"""What `/tasks/*` takes and answers."""

from app.blueprints.api.openapi.operation import OPERATOR_OR_SCHEDULER, Operation

_TICKET = {"ticket": "019aa1e8-0000-7000-8000-000000000000"}

TASK_OPERATIONS: dict[str, Operation] = {
    "tasks.tick": Operation(tag="Operation", security=OPERATOR_OR_SCHEDULER, answers={200: ("Tick",)}),
    "tasks.back_up": Operation(
        tag="Operation",
        security=OPERATOR_OR_SCHEDULER,
        answers={200: ("BackedUp",), 202: ("BackingUp",)},
    ),
    "tasks.work_off": Operation(
        tag="Operation",
        security=OPERATOR_OR_SCHEDULER,
        answers={200: ("WorkedOff",)},
        errors=(404,),
        parameters=_TICKET,
    ),
}
