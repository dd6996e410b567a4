"""Comment threads on cells."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tests.google.sheets.areas import Area
from tests.google.sheets.cellview import CellView
from tests.google.sheets.refusals import RefusedError
from tests.google.sheets.worth import Worth

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.google.sheets.batch import Batch

Json = dict[str, Any]
MAX_CONTENT = 2048
STATES = {"RESOLVE": "RESOLVED", "REOPEN": "OPEN"}


def _new_id(batch: Batch) -> str:
    taken = {comment["commentId"] for comment in batch.spreadsheet.comments}
    return str(batch.spreadsheet.fresh_id(lambda number: str(number) in taken))


def _post(batch: Batch, content: str) -> Json:
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {
        "postId": _new_id(batch),
        "author": {"email": batch.user},
        "content": content,
        "createTime": now,
        "updateTime": now,
    }


def _checked(content: str) -> str:
    if not content or len(content) > MAX_CONTENT:
        raise RefusedError(f"A comment has 1 to {MAX_CONTENT} characters.")
    return content


def insert_comment(batch: Batch, body: Json) -> Json:
    corner = body.get("coordinate", {})
    row, column = corner.get("rowIndex", 0), corner.get("columnIndex", 0)
    area = Area(
        sheet_id=corner.get("sheetId", 0), top=row, bottom=row + 1, left=column, right=column + 1
    )
    sheet, _ = batch.box(area.to_json())
    view = CellView(Worth(batch.spreadsheet))
    anchor_id = _new_id(batch)
    thread = {
        "commentId": _new_id(batch),
        "anchorId": anchor_id,
        "headPost": _post(batch, _checked(body.get("content", ""))),
        "plainTextQuote": view.text(sheet, row, column, sheet.cell(row, column)),
        "status": "OPEN",
    }
    batch.spreadsheet.comments.append({**thread, "_area": area})
    return {"commentThread": thread}


def _place(batch: Batch, comment_id: str | None) -> int:
    for place, comment in enumerate(batch.spreadsheet.comments):
        if comment["commentId"] == comment_id:
            return place
    raise RefusedError(f"No comment with ID: {comment_id}")


def add_comment_reply(batch: Batch, body: Json) -> Json:
    place = _place(batch, body.get("commentId"))
    old = batch.spreadsheet.comments[place]
    asked = body.get("post", {})
    action = asked.get("commentAction", "")
    content = asked.get("content", "")
    post = _post(batch, content if action in STATES else _checked(content))
    if action in STATES:
        post["commentAction"] = action
    replies = [*old.get("replies", []), post]
    status = STATES.get(action, old["status"])
    batch.spreadsheet.comments[place] = {**old, "replies": replies, "status": status}
    return {"post": post}


def update_comment_post(batch: Batch, body: Json) -> None:
    place = _place(batch, body.get("commentId"))
    old = batch.spreadsheet.comments[place]
    content = _checked(body.get("content", ""))
    posts = [old["headPost"], *old.get("replies", [])]
    if body.get("postId") not in {post["postId"] for post in posts}:
        raise RefusedError(f"No post with ID: {body.get('postId')}")
    new = [
        {**post, "content": content} if post["postId"] == body["postId"] else post
        for post in posts
    ]
    batch.spreadsheet.comments[place] = {**old, "headPost": new[0], "replies": new[1:]}


def delete_comment(batch: Batch, body: Json) -> None:
    del batch.spreadsheet.comments[_place(batch, body.get("commentId"))]


def delete_comment_reply(batch: Batch, body: Json) -> None:
    place = _place(batch, body.get("commentId"))
    old = batch.spreadsheet.comments[place]
    kept = [post for post in old.get("replies", []) if post["postId"] != body.get("postId")]
    if len(kept) == len(old.get("replies", [])):
        raise RefusedError(f"No reply with ID: {body.get('postId')}")
    batch.spreadsheet.comments[place] = {**old, "replies": kept}


REQUESTS: dict[str, Callable[[Batch, Json], Json | None]] = {
    "insertComment": insert_comment,
    "addCommentReply": add_comment_reply,
    "updateCommentPost": update_comment_post,
    "deleteComment": delete_comment,
    "deleteCommentReply": delete_comment_reply,
}
