"""What secrets look like, wherever they stand: tokens of services, private keys, parts of URLs.

Pure. Knows values; names are secret_names.py's. Every pattern is linear in the length of the text,
hostile or not: a repeat is possessive or bounded, and starts only where the one before cannot have
run. The forms are what the services document, or what GitHub's secret scanning names:
https://docs.github.com/code-security/secret-scanning/introduction/supported-secret-scanning-patterns
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple


class Finding(NamedTuple):
    """A part of a text that looks like a secret."""

    start: int
    end: int
    kind: str
    """In words: `GitHub token`."""


_START = r"(?:(?<![A-Za-z0-9_-])|(?<=\\[nrt])|(?<=%[0-9A-Fa-f]{2}))"
"""No word before; the letter of an escape, as JSON and URLs have them, is none."""

_FORMS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("AWS key", ("AKIA", "ASIA", "ABIA", "ACCA"), r"A(?:KI|SI|BI|CC)A[A-Z0-9]{16}(?![A-Za-z0-9])"),
    ("Google API key", ("AIza",), r"AIza[\w-]{30,}+"),
    ("Google token", ("ya29.",), r"ya29\.[\w.-]{16,}+"),
    ("Google client secret", ("GOCSPX-",), r"GOCSPX-[\w-]{20,}+"),
    ("Google refresh token", ("1//0",), r"1//0[\w-]{24,}+"),
    ("GitHub token", ("ghp_", "gho_", "ghu_", "ghs_", "ghr_"), r"gh[pousr]_[A-Za-z0-9]{20,}+"),
    ("GitHub token", ("github_pat_",), r"github_pat_\w{20,}+"),
    ("GitLab token",
     ("glpat-", "gldt-", "glrt-", "glptt-", "glsoat-", "glcbt-", "glft-", "glagent-"),
     r"gl(?:pat|dt|rt|ptt|soat|cbt|ft|agent)-[\w.-]{16,}+"),
    ("Slack token", ("xox", "xapp-"), r"(?:xox[a-z](?:\.xox[a-z])?|xapp)-[A-Za-z0-9-]{10,}+"),
    ("OpenAI key", ("sk-",), r"sk-(?=[A-Za-z]{0,99}[0-9])[A-Za-z0-9]{20,}+(?![\w-])"),
    ("AI service key", ("sk-",), r"sk-(?:proj|ant|svcacct|admin|or|lf|None)-[\w-]{16,}+"),
    ("Hugging Face token", ("hf_",), r"hf_[A-Za-z0-9]{20,}+"),
    ("Hugging Face token", ("api_org_",), r"api_org_[A-Za-z0-9]{20,}+"),
    ("W&B key", ("wandb_v1_",), r"wandb_v1_\w{20,}+"),
    ("npm token", ("npm_",), r"npm_[A-Za-z0-9]{24,}+"),
    ("PyPI token", ("pypi-",), r"pypi-Ag[\w-]{16,}+"),
    ("Stripe key", ("_live_", "_test_"), r"[sr]k_(?:live|test)_[A-Za-z0-9]{10,}+"),
    ("Stripe secret", ("whsec_",), r"whsec_[\w+/=]{20,}+"),
    ("Twilio key", ("SK",), r"SK[0-9a-f]{32}(?![A-Za-z0-9])"),
    ("SendGrid key", ("SG.",), r"SG\.[\w-]{16,32}\.[\w-]{16,64}"),
    ("Mailgun key", ("key-",), r"key-[0-9a-f]{32}(?![A-Za-z0-9])"),
    ("Telegram token", (":AA",), r"[0-9]{8,10}:AA[\w-]{33}"),
    ("Databricks token", ("dapi",), r"dapi[0-9a-f]{32}(?:-[0-9])?"),
    ("DigitalOcean token", ("dop_v1_", "doo_v1_", "dor_v1_"), r"do[opr]_v1_[0-9a-f]{64}"),
    ("Groq key", ("gsk_",), r"gsk_[A-Za-z0-9]{24,}+"),
    ("Replicate token", ("r8_",), r"r8_[A-Za-z0-9]{24,}+"),
    ("xAI key", ("xai-",), r"xai-[A-Za-z0-9]{24,}+"),
    ("Perplexity key", ("pplx-",), r"pplx-[A-Za-z0-9]{24,}+"),
    ("Tavily key", ("tvly-",), r"tvly-[\w-]{20,}+"),
    ("LangSmith key", ("lsv2_",), r"lsv2_(?:pt|sk)_[0-9a-f]{32}\w*+"),
    ("NVIDIA key", ("nvapi-",), r"nvapi-[\w-]{24,}+"),
    ("Pinecone key", ("pcsk_",), r"pcsk_\w{40,}+"),
    ("Notion token", ("ntn_", "secret_"), r"(?:ntn_|secret_)[A-Za-z0-9]{40,}+"),
    ("Docker token", ("dckr_",), r"dckr_(?:pat|oat)_[\w-]{20,}+"),
    ("Linear key", ("lin_api_",), r"lin_api_[A-Za-z0-9]{30,}+"),
    ("Kaggle token", ("KGAT_",), r"KGAT_[0-9a-f]{32}"),
    ("Vault token", ("hvs.", "hvb."), r"hv[sb]\.[\w-]{20,}+"),
    ("Grafana token", ("glsa_",), r"glsa_\w{30,}+"),
    ("Shopify token", ("shpat_", "shpca_", "shppa_"), r"shp(?:at|ca|pa)_[0-9a-fA-F]{32}"),
    ("Atlassian token", ("ATATT3",), r"ATATT3[\w=-]{20,}+"),
    ("Sentry token", ("sntrys_", "sntryu_"), r"sntry[su]_[\w=+/-]{20,}+"),
    ("New Relic key", ("NRAK-",), r"NRAK-[A-Z0-9]{20,}+"),
    ("Supabase token", ("sbp_",), r"sbp_[0-9a-f]{32,}+"),
    ("age key", ("AGE-SECRET-KEY-",), r"AGE-SECRET-KEY-1[A-Z0-9]{50,}+"),
    ("Neptune token", ("eyJhcGlfYWRkcmVzcyI6",), r"eyJhcGlfYWRkcmVzcyI6[\w+/=-]{9,}+"),
    ("JSON web token", ("eyJ",), r"eyJ[\w-]{5,}+\.eyJ[\w-]{5,}+(?:\.[\w-]*+)?"),
    ("JSON web token", ("eyJ",), r"eyJ[\w-]{5,}+(?:\.[\w-]*+){4}"),
    ("Slack webhook", ("hooks.slack.com/",), r"hooks\.slack\.com/[a-z]{4,12}/([\w/+-]{8,}+)"),
    ("Discord webhook", ("/api/webhooks/",), r"discord(?:app)?\.com/api/webhooks/([\w/-]{8,}+)"),
    ("Teams webhook", ("office.com/webhook",), r"office\.com/webhook\w{0,9}/([\w/@-]{8,}+)"),
    ("bearer token", ("earer", "EARER"),
     r"(?i:bearer)(?:\s|%20|\+){1,4}((?=[\w.~+/=-]{0,200}(?:[0-9]|[a-z][A-Z]))[\w.~+/=-]{8,}+)"),
    ("W&B key", ("wandb", "WANDB"),
     r"(?i:wandb)[^\n]{0,40}?(?i:login|key)[^\n]{0,20}?(?<![0-9a-f])([0-9a-f]{40})(?![0-9a-f])"),
    ("Kaggle key", ("username",),
     r"username[^\n]{0,100}?\bkey\b[^\n\w]{1,20}([0-9a-f]{32})(?![0-9a-f])"),
    ("password of a command", ("curl",),
     r"curl\b[^\n]{0,200}?\s(?:-u|-U|--\w{0,6}-?user)[ =]?[\"']?[^\s:\"']{1,50}:([^\s\"']{1,99})"),
    ("password of a command", ("sshpass", "docker login"),
     r"(?:sshpass|docker login\b[^\n]{0,80}?)\s{1,9}-p\s{0,9}[\"']?([^\s\"']{1,200})"),
    ("password", ("machine ",),
     r"machine\s{1,9}\S{1,99}\s{1,9}login\s{1,9}\S{1,99}\s{1,9}password\s{1,9}(\S{1,400})"),
    ("password", (" is ",),
     r"(?i:pass(?:word|wd|phrase)|(?:api|access|secret).?(?:key|token)) is (?=\S{0,99}\d)(\S+)"),
)  # fmt: skip
"""Kind, texts of which it cannot lack all, and the pattern; a group in it is the secret."""

_BEGIN, _PRIVATE, _END = "-----BEGIN ", "PRIVATE KEY", "-----END "
_BODY = r"[A-Za-z0-9+/=\s\\:,.-]*+"

USER = r"""(?x)
    ://(?:
        (?P<both>[^\s/?\#:@'"<>\[\\]*+:(?!\d{1,5}(?:[/?\#\s]|$))[^\s/'"<>]{0,512})@(?!sha256:)
      | (?P<slash>[^\s/?\#:@'"<>\[\\]*+:(?!\d{1,5}(?:[/?\#\s]|$)|[/\\])[^\s@'"<>]{1,128})@
      | (?P<one>[^\s/?\#:@'"<>\[\\]{1,512})@(?!sha256:)
    )"""
_REFERENCE = r"""(?x)
    \$\{[A-Za-z_][\w.]*(?::[\w./]+)?\} | \$[A-Z_][A-Z0-9_]* | \$\([^()]*\) | \{[\w.]*\} | %\w+%
      | \$?\{\{[^{}]*\}\} | %\(\w+\)s | <[^<>\s]{1,60}> | \[[A-Z_]{1,20}\d?\] | \[redacted\]
      | [*•.xX]{3,} | \.\.\."""


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """Compile a pattern when first it may match: all at once would slow every program's start."""
    return re.compile(pattern)


def forms(text: str) -> Iterator[Finding]:
    """Give what looks like a secret of a service; findings may overlap."""
    if len(text) > 11:
        for kind, triggers, form in _FORMS:
            for trigger in triggers:
                if trigger in text:
                    for match in compiled(_START + form).finditer(text):
                        group = match.re.groups
                        if not is_reference(match[group]):
                            yield Finding(*match.span(group), kind)
                    break
        if _PRIVATE in text:
            yield from _private_keys(text)
    if "://" in text:
        for match in compiled(USER).finditer(text):
            user = match.lastgroup or ""
            # `git@` is everybody's name, and the address does not work without it.
            if match[user] != "git" and not is_reference(match[user].rpartition(":")[2]):
                yield Finding(match.start(user), match.end(user), "user info in a URL")


def is_reference(value: str) -> bool:
    """Return whether a value only says where the secret is: `${HF_TOKEN}`; or stands for none."""
    return compiled(_REFERENCE).fullmatch(value) is not None


def looks_random(value: str) -> bool:
    """Return whether a text looks drawn by lot: long, without spaces, letters and digits mixed."""
    if not 16 <= len(value) <= 4096 or any(mark in value for mark in " \t\n/\\"):
        return False
    digits = sum(character.isdigit() for character in value)
    letters = sum(character.isalpha() for character in value)
    return digits >= 2 and letters >= 2 and len(set(value)) >= 10


def _private_keys(text: str) -> Iterator[Finding]:
    """Give private keys in PEM form; one without its end ends with what can belong to it."""
    at, end = text.find(_BEGIN), 0
    while at >= 0:
        after = at + len(_BEGIN)
        if _PRIVATE in text[at : at + 60]:
            body = text.index(_PRIVATE, at) + len(_PRIVATE)
            # Looked for again only once it is passed: else many keys without an end take for ever.
            end = text.find(_END, body) if 0 <= end < body else end
            again = text.find(_BEGIN, body)
            if end < 0 or -1 < again < end:
                after = compiled(_BODY).match(text, body).end()  # type: ignore[union-attr]
            else:
                close = text.find("-----", end + len(_END), end + 80)
                after = close + 5 if close >= 0 else end + len(_END)
            yield Finding(at, after, "private key")
        at = text.find(_BEGIN, after)
