"""How chat is made."""

from app.domain.symbols import SymbolRefused, parse_symbol
from app.repositories.chat import StoredChat
from app.schemas.chat.line import ENTRY
from app.schemas.reading import read_signal
from app.services.chat.counter import ChatCounter
from app.services.chat.desk import ChatDesk
from app.services.chat.orders import ChatOrders
from app.services.chat.responses import Responses
from app.services.exits.view import ExitView
from app.services.portfolio.holdings import Holdings
from app.wiring.application import Wiring
from app.wiring.container import ChatWing


def chat_wing(wiring: Wiring) -> ChatWing:
    """Return what chat needs."""
    base = wiring.base
    settings, stored = base.settings, StoredChat(base.store)
    orders = ChatOrders(
        bot=settings.chat_bot,
        stored=stored,
        bots=base.bots,
        switch=base.switch,
        ledger=base.ledger,
        intake=wiring.reception.intake,
        positions=wiring.positions,
        snapshots=wiring.snapshots,
        clock=base.clock,
        read_line=lambda alert: read_signal(ENTRY, alert),
        canonical=_canonical,
        new_name=lambda: base.new_ticket_id(base.clock()).hex,
    )
    desk = ChatDesk(
        operators=frozenset(settings.chat_operators),
        stored=stored,
        bots=base.bots,
        switch=base.switch,
        ledger=base.ledger,
        approvals=wiring.reception.approval_service,
        holdings=Holdings(ExitView(wiring.exit_plans, base.trades, base.registry)),
        snapshots=wiring.snapshots,
        orders=orders,
        journal=base.journal,
        clock=base.clock,
    )
    origins = (*settings.chat_response_hosts, _origin(settings.discord_api_url))
    return ChatWing(
        counter=ChatCounter(desk),
        responses=Responses(origins, base.wait),
        announcer=wiring.open_alerts.announcer,
    )


def _canonical(symbol: str) -> str:
    try:
        return parse_symbol(symbol).symbol
    except SymbolRefused:
        return symbol.upper()


def _origin(address: str) -> str:
    scheme, _, rest = address.partition("://")
    return f"{scheme}://{rest.partition('/')[0].lower()}"
