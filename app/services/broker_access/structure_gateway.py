"""The one place that submits and cancels at a broker's options desk: the gateway's rules for several legs."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from app.brokers.structure_desk import StructureDesk
from app.dataclass import dataclass
from app.domain.orders import OrderStatus
from app.domain.reasons import Reason
from app.domain.structures.orders import StructureOrder, StructureReceipt
from app.errors import BrokerRejected, BrokerUnavailable, OutcomeUnknown
from app.services.broker_access.gateway import Gateway, HeldSymbol


@dataclass(frozen=True, slots=True)
class StructureGateway:
    """Send once, write down what was asked and answered, and say by the receipt's state what it came to.

    `rejected` is what the broker proved it did not take, `unknown` what it may have taken: that is looked up
    and never sent again blindly.
    """

    gateway: Gateway

    def desk(self, held: HeldSymbol) -> StructureDesk:
        """Return the options desk of the broker that is held; raise BrokerUnavailable where there is none."""
        desk = held.broker.structures
        if desk is None:
            raise BrokerUnavailable(f"{held.broker.name} trades no structures of options.")
        return desk

    def submit(self, held: HeldSymbol, order: StructureOrder, *, ticket: UUID) -> StructureReceipt | None:
        """Send an order once; None where nothing is sent in a dry run."""
        unsent = StructureReceipt(
            client_order_id=order.client_order_id,
            broker_order_id="",
            broker=held.broker.name,
            status=OrderStatus.PENDING,
            created_at=self.gateway.clock(),
            units=order.units,
            limit=order.limit,
        )
        desk = self.desk(held)
        return self._send("submit", held, ticket, _record(order), unsent, lambda: desk.submit(order))

    def cancel(self, held: HeldSymbol, receipt: StructureReceipt, *, ticket: UUID) -> StructureReceipt | None:
        """Ask for a working order to be cancelled; the broker may only promise it."""
        desk = self.desk(held)

        def call() -> StructureReceipt:
            desk.cancel(receipt)
            return receipt

        record = {"command": "cancel", "client_order_id": receipt.client_order_id}
        return self._send("cancel", held, ticket, record, receipt, call)

    def _send(
        self,
        name: str,
        held: HeldSymbol,
        ticket: UUID,
        record: dict[str, Any],
        unsent: StructureReceipt,
        call: Callable[[], StructureReceipt],
    ) -> StructureReceipt | None:
        if not self.gateway.sends(held):
            return None
        held.grip.assure()
        started = time.perf_counter()
        try:
            receipt = call()
        except BrokerRejected as error:
            receipt = replace(
                unsent,
                status=OrderStatus.REJECTED,
                message=error.message,
                reason=Reason.__members__.get(error.reason),
            )
        except OutcomeUnknown as error:
            # Nothing else is caught: a slip of ours must not pass for an answer of the broker.
            receipt = replace(unsent, status=OrderStatus.UNKNOWN, message=error.message)
        self._write_down(name, held, ticket, record, receipt, time.perf_counter() - started)
        return receipt

    def _write_down(
        self,
        name: str,
        held: HeldSymbol,
        ticket: UUID,
        record: dict[str, Any],
        receipt: StructureReceipt,
        seconds: float,
    ) -> None:
        broker = held.broker.name
        failed = receipt.status in {OrderStatus.REJECTED, OrderStatus.UNKNOWN}
        self.gateway.metrics.broker_call(broker=broker, call=name, seconds=seconds, failed=failed)
        if name == "submit" and not failed:
            self.gateway.metrics.submitted()
        self.gateway.journal.exchange(
            ticket=ticket,
            broker=broker,
            request=record,
            response={"error": receipt.message} if failed else _answer(receipt),
            milliseconds=seconds * 1000,
        )


def _record(order: StructureOrder) -> dict[str, Any]:
    return {
        "client_order_id": order.client_order_id,
        "underlying": order.structure.underlying,
        "role": order.role.value,
        "units": order.units,
        "limit_price": format(order.limit, "f"),
        "legs": [{"symbol": leg.instrument.symbol, "ratio": leg.ratio} for leg in order.structure.legs],
    }


def _answer(receipt: StructureReceipt) -> dict[str, Any]:
    return {
        "broker_order_id": receipt.broker_order_id,
        "status": receipt.status.value,
        "filled_units": receipt.filled_units,
        "average_net": None if receipt.average_net is None else format(receipt.average_net, "f"),
    }
