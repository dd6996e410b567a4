"""Real-looking secrets in all that surrounds a run: none is in any file or line afterwards."""

import random
import shutil
import string
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import sheetlog
from sheetlog.context import around

CHANCE = random.Random(8)
LETTERS = string.ascii_letters + string.digits


def made(start: str, count: int, of: str = LETTERS) -> str:
    """Give a secret of a service: its beginning, and chance. Made here, so that none is written."""
    return start + "".join(CHANCE.choices(of, k=count))


HEX = string.hexdigits.lower()[:16]
BY_LOOK = [
    made("ghp_", 36), made("gho_", 36), made("github_pat_", 50), made("glpat-", 20), made("hf_", 34),
    made("AKIA", 16, string.ascii_uppercase + string.digits), made("AIza", 35), made("ya29.", 40),
    made("GOCSPX-", 28), made("xoxb-1234567890-", 24), made("sk-proj-", 48), made("sk-ant-", 40),
    made("wandb_v1_", 40), made("npm_", 36), made("pypi-Ag", 60), made("sk_live_", 24),
    made("whsec_", 32), made("SG.", 22) + made(".", 43), made("dapi", 32, HEX), made("gsk_", 52),
    made("r8_", 37), made("xai-", 60), made("pplx-", 48), made("tvly-", 32), made("dop_v1_", 64, HEX),
]  # fmt: skip
BY_NAME = [
    (name, made("", 24))
    for name in (
        "password", "db_password", "api_key", "apiKey", "secret", "client_secret", "access_token",
        "auth_token", "hub_token", "hf_token", "wandb_api_key", "aws_secret_access_key", "private_key",
        "credentials", "passphrase", "bearer_token", "refresh_token", "slack_webhook_url", "encryption_key",
        "service_account_key", "openai_api_key", "mysql_pwd", "session_token", "signing_key", "jwt",
    )
]  # fmt: skip
ML = {
    "use_cls_token": True, "num_memory_tokens": 16, "max_tokens": 512, "tokenizer": "bpe-32k",
    "pad_token": "<pad>", "token_dim": 64, "key_dim": 32, "num_keys": 4, "secret_dim": 8, "pwd_loss": 0.5,
    "key_padding_mask": "none", "tokens_per_batch": 4096, "password_embedding": 12, "eos_token_id": 2,
}  # fmt: skip


def test_there_are_fifty() -> None:
    """The list is as long as it says, and no secret stands in it twice."""
    assert 50 == len({*BY_LOOK, *(value for _, value in BY_NAME)})


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_no_secret_is_left_anywhere(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Params, command line, remote, diff and source hold fifty secrets; what is written has none
    of them, and what only sounds like one is as it was.
    """
    around.forget()
    elsewhere = place.parent / "code"
    elsewhere.mkdir()
    script = elsewhere / "train.py"

    def git(*words: str) -> None:
        who = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
        subprocess.run(["git", *who, *words], cwd=elsewhere, check=True, capture_output=True)

    script.write_text("lr = 0.1\n")
    git("init", "-q")
    (elsewhere / "other.py").write_text("")
    git("add", "other.py")
    git("commit", "-q", "-m", "x")
    git("remote", "add", "origin", f"https://user:{BY_LOOK[0]}@git.lab.org/o/r.git")
    code = [f'print("{secret}")' for secret in BY_LOOK]
    code += [f'{name} = "{secret}"' for name, secret in BY_NAME]
    (elsewhere / "other.py").write_text("\n".join(code) + "\n")
    script.write_text("\n".join(code) + "\n")
    monkeypatch.setattr(sys.modules["__main__"], "__file__", str(script), raising=False)
    argv = ["python", "train.py", *BY_LOOK]
    for name, secret in BY_NAME:
        argv += [f"--{name.replace('_', '-')}", secret]
    monkeypatch.setattr(sys, "orig_argv", argv)
    monkeypatch.setattr("sheetlog.context.environment.LONGEST", 100_000)
    params = {f"p{n}": secret for n, secret in enumerate(BY_LOOK)}
    params |= {"nested": dict(BY_NAME), "text": "\n".join(code), "ml": ML}
    sheetlog.configure(context=True)
    with pytest.warns(sheetlog.SheetlogWarning, match="secrets"):
        run = sheetlog.log(params, {"acc": 1}, notes=" ".join(BY_LOOK)).run_id
    shown = sheetlog.show(run).values
    assert {"git.diff", "env.source", "git.remote", "env.command"} <= set(shown)
    assert ML == {key: shown[f"params.ml.{key}"] for key in ML}
    written = written_below(place.parent, without=elsewhere)
    written.append("".join(capsys.readouterr()).encode())
    written.append((sheetlog.how(run) + str(sheetlog.show(run))).encode())
    assert any(b"redacted" in content for content in written)
    secrets = [*BY_LOOK, *(value for _, value in BY_NAME)]
    whole = b"\0".join(written)
    assert [] == [secret for secret in secrets if secret.encode() in whole]


def written_below(folder: Path, *, without: Path) -> list[bytes]:
    """Give what is in all files, those inside workbooks among them."""
    found = []
    for path in folder.rglob("*"):
        if path.is_file() and without not in path.parents:
            found.append(path.read_bytes())
            if path.suffix == ".xlsx":
                with zipfile.ZipFile(path) as book:
                    found += [book.read(name) for name in book.namelist()]
    return found
