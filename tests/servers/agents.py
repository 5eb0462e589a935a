"""An ASGI app with pydantic-ai's adapters for AG-UI and for the AI SDK.

Runs in the servers' own environment: `python agents.py PORT`. The last question chooses what the
function in the model's place does.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator

import uvicorn
from pydantic_ai import Agent
from pydantic_ai.messages import ModelMessage, ModelRequest, ToolReturnPart, UserPromptPart
from pydantic_ai.models.function import (
    AgentInfo,
    DeltaThinkingPart,
    DeltaToolCall,
    FunctionModel,
)
from pydantic_ai.ui.ag_ui import AGUIAdapter
from pydantic_ai.ui.vercel_ai import VercelAIAdapter
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

Pieces = AsyncIterator[str | dict[int, DeltaToolCall] | dict[int, DeltaThinkingPart]]


def last_question(messages: list[ModelMessage]) -> str:
    """Return what was asked last."""
    for message in reversed(messages):
        if isinstance(message, ModelRequest):
            for part in reversed(message.parts):
                if isinstance(part, UserPromptPart):
                    return str(part.content)
    return ""


def has_tool_result(messages: list[ModelMessage]) -> bool:
    """Tell whether a tool has been run already."""
    return any(isinstance(part, ToolReturnPart) for message in messages for part in message.parts)


async def answer(messages: list[ModelMessage], _info: AgentInfo) -> Pieces:
    """Answer in pieces, as the question wants."""
    question = last_question(messages)
    if "think" in question:
        yield {0: DeltaThinkingPart(content="Let me ")}
        yield {0: DeltaThinkingPart(content="see.")}
    if "tool" in question and not has_tool_result(messages):
        yield {1: DeltaToolCall(name="depth", tool_call_id="call-1")}
        yield {1: DeltaToolCall(json_args='{"river":')}
        yield {1: DeltaToolCall(json_args=' "Rhône"}')}
        return
    for piece in ("Hello ", "wörld ", "\N{EARTH GLOBE EUROPE-AFRICA}", "!"):
        yield piece
        await asyncio.sleep(0.01)
        if "fail" in question:
            raise RuntimeError("the model broke")


agent = Agent(FunctionModel(stream_function=answer))


@agent.tool_plain
def depth(river: str) -> str:
    """Tell how deep a river is."""
    return f"{river}: 5 m"


async def ag_ui(request: Request) -> Response:
    """Run the agent for AG-UI."""
    return await AGUIAdapter.dispatch_request(request, agent=agent)


async def ai_sdk(request: Request) -> Response:
    """Run the agent for the AI SDK."""
    return await VercelAIAdapter.dispatch_request(request, agent=agent)


async def health(_request: Request) -> Response:
    """Tell that the server is up."""
    return PlainTextResponse("ok")


app = Starlette(
    routes=[
        Route("/ag-ui", ag_ui, methods=["POST"]),
        Route("/ai-sdk", ai_sdk, methods=["POST"]),
        Route("/health", health),
    ]
)

if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
