"""`Idempotency-Key`: what orders something is carried out once, however often it is sent."""

import hashlib
import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, current_app, jsonify, request
from flask.typing import ResponseReturnValue

from app.blueprints.envelope import answer_error
from app.errors import InvalidRequest
from app.repositories.operator_requests import GivenAnswer
from app.wiring.container import operations

HEADER, REPLAYED = "Idempotency-Key", "Idempotency-Replayed"
KEY_PATTERN = r"[!-~]{8,200}"

View = Callable[..., ResponseReturnValue]


def once(view: View) -> View:
    """Let a view answer a repeated key with the first answer; without the header it is as ever."""

    @wraps(view)
    def answer(**named: Any) -> ResponseReturnValue:
        key = request.headers.get(HEADER)
        if key is None:
            return view(**named)
        if re.fullmatch(KEY_PATTERN, key) is None:
            raise InvalidRequest(f"{HEADER} must be 8 to 200 characters without blanks.")
        carry_out = operations().repeated.carry_out
        given, is_repeated = carry_out(
            key, _what(), lambda: _given(view(**named)), lambda error: _given(answer_error(error))
        )
        return _response(given, is_repeated=is_repeated)

    return answer


def _what() -> str:
    # Kept, so that the view reads it as well.
    body = hashlib.sha256(request.get_data(cache=True)).hexdigest()
    return f"{request.method} {request.full_path} {body}"


def _given(answered: ResponseReturnValue) -> GivenAnswer:
    response = current_app.make_response(answered)
    return GivenAnswer(response.status_code, response.get_json(silent=True))


def _response(given: GivenAnswer, *, is_repeated: bool) -> Response:
    response = jsonify(given.body) if given.body is not None else current_app.make_response("")
    response.status_code = given.status
    if is_repeated:
        response.headers[REPLAYED] = "true"
    return response
