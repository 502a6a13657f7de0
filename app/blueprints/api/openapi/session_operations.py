"""What is told of signing in."""

from app.blueprints.api.openapi.operation import PUBLIC, Operation
from app.blueprints.api.openapi.shapes import TIME, Shape, object_of, or_null, words_of
from app.domain.sessions import Role
from app.schemas.base import Schema
from app.schemas.sessions import LinkSignInSchema, SignOutSchema, TokenSignInSchema

SESSION_OPERATIONS: dict[str, Operation] = {
    "sign_in.begin_session": Operation(
        tag="Session",
        security=PUBLIC,
        body=("TokenSignIn", "LinkSignIn"),
        example={"token": "the operator's token"},
        answers={200: ("SignedIn",)},
        errors=(401, 403, 409, 429, 503),
    ),
    "session.show_session": Operation(tag="Session", answers={200: ("Session",)}),
    "session.end_session": Operation(tag="Session", query=SignOutSchema(), answers={204: ()}),
}
SESSION_REQUESTS: dict[str, Schema] = {"TokenSignIn": TokenSignInSchema(), "LinkSignIn": LinkSignInSchema()}
ROLE = words_of(Role)
SESSIONS: dict[str, Shape] = {
    "SignedIn": object_of({"role": ROLE, "expires_at": TIME}),
    "Session": object_of(
        {
            "role": ROLE,
            "expires_at": or_null(TIME)
            | {"description": "An hour without an action ends it earlier; null for a token."},
        }
    ),
}
