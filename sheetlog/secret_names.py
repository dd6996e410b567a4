"""Which names say that their value is a secret, and which only sound like it.

Pure. Knows names; what secrets look like is secret_forms.py's. The difficulty is that machine
learning uses the same words: `cls_token`, `max_tokens`, `query_key`, `forward_pass`. So a name is
read as English reads a compound: its last word says what the thing is, the one before which kind.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from sheetlog.secret_forms import is_reference, looks_random

Grade = Literal["any", "text", "random"]
"""Which values a name makes secret: numbers and texts; texts; texts that look drawn by lot."""

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")

_HINTS = (
    "pass", "pw", "secret", "token", "key", "cred", "auth", "bearer", "jwt", "cookie", "dsn",
    "conn", "hook", "sess", "sid", "otp", "kennwort", "sig",
)  # fmt: skip
"""Without one of these a name is none of a secret; most names end here."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_STRONG = _words(
    "password passwords passwd passphrase passphrases passcode passwort kennwort secret "
    "secrets credential credentials cred creds"
)
_STRONG_PAIRS = {
    "key": _words("api apikey access secret private encryption signing client account"),
    "keys": _words("api access secret private encryption signing account"),
    "string": _words("connection conn"),
    "str": _words("connection conn"),
    "phrase": _words("pass"),
}
_STRONG_ENDS = (  # Of names that are written without any mark between their words.
    "password", "passwd", "passphrase", "passwort", "apikey", "apikeys", "apitoken", "accesskey",
    "accesstoken", "accesskeyid", "authtoken", "authkey", "bearertoken", "clientsecret",
    "connectionstring", "connstr", "credential", "credentials", "privatekey", "refreshtoken",
    "secret", "secretkey", "secretaccesskey", "sessiontoken", "signingkey", "webhookurl",
    "hftoken", "githubtoken", "hubtoken", "wandbkey", "openaikey", "sshkey", "dbpwd", "dbpass",
)  # fmt: skip

_ABOUT = _words(
    "accuracy alpha arn auc backend batch beta bit bits check checker class classes coef "
    "coefficient column count counts cracking dataset detection detector dim dims dir "
    "directory dropout embedding enabled endpoint entropy env envvar envvars epoch epochs "
    "expires expiry f1 field fields file filename folder format gamma generator head "
    "heads hidden hint image images index k label labels layer layers len length lengths "
    "location loss lr manager margin max message method metric min mode model n name "
    "names path paths pattern penalty policy precision prob probability prompt provider "
    "rate ratio recall ref regex region required rotation scale scope score seed share "
    "shares sharing size source step steps store strength temperature threshold ttl type "
    "types validation validator var variable version weight weights"
)
"""What follows a secret's name when the value is about the secret and not the secret itself."""

_SAME = _words(
    "value values string str text raw plain prod production dev test staging live default "
    "new old current main primary secondary backup read write readonly rw ro header"
)
"""What follows a secret's name without making another thing of it."""

_COUNTED = _words("num n nb max min count total len number")

_VENDOR = (
    "ai anthropic assemblyai aws azure cerebras clearml cloudflare cohere comet "
    "databricks datadog deepgram deepseek digitalocean discord dropbox elevenlabs "
    "fireworks firebase gcp gemini gh github gitlab google groq heroku hf hub huggingface "
    "kaggle langchain langsmith llm mailgun mistral mlflow neptune netlify newrelic ngc "
    "notion npm nvidia openai openrouter perplexity pinecone pypi roboflow sendgrid "
    "sentry serpapi slack stripe supabase swanlab tavily telegram trackio twilio "
    "ultralytics vault vercel voyage wandb xai zenodo"
)
_TOKEN_OF_LANGUAGE = _words(
    "abs action additional answer assistant attention audio avg back bad begin beginning "
    "bin blank bof boi bom bos box byte change char class classification clip cls code "
    "continuous count cross custom cut decoder delimiter depth dist distill distillation "
    "doc document drop dummy empty encoder end entity eoc eod eof eoi eom eos eot error "
    "every extra fake fast filler fim final first forced frame func function generated "
    "generation global graph hard head ignore im image img init initial initializer input "
    "instance int keep kth label lang language last latent layer learnable learned left "
    "line local map marker mask masked math max mean mem memory merge merged middle min "
    "modality motion n nb newline next nl no node noise null num object obs observation "
    "of one op output pad padding pair patch per period pixel placeholder point pool "
    "pooled pooling pos position positive prefix prev previous prompt proposal "
    "punctuation query rare raw reason reasoning reg region register replaced resampler "
    "reserved response return reward right role scene segment sep separator shift silence "
    "single sink skip soft space spatial speaker special speech spot src start state step "
    "stop style sub subword suffix summary suppress switch tag target task temporal text "
    "tgt think thinking thought time timestep tokenizer top total trainable type "
    "undefined unk unknown unused utterance valid vid video view virtual vision visual "
    "vocab voice vq whitespace word"
)
"""The kinds of token that a model reads; before any other word, a token opens a door."""
_TOKENS_OF_DOORS = _words(
    "access api auth bearer oauth refresh secret service session github gitlab hf hub "
    "huggingface jwt private"
)
_KEY_OF_DOORS = _words(
    f"{_VENDOR} aes admin app auth consumer deploy fernet hmac license master root sas "
    "secret service shared ssh storage subscription"
)
_PASS_OF = _words(
    "admin app basic bind broker db database email ftp imap http https key ldap login "
    "mail mongo mqtt mysql my neo4j pg postgres postgresql proxy rabbitmq redis root "
    "server sftp smtp sql ssh store sudo svn user username vnc vpn wifi"
)
_HEADS = _words(
    "auth authorization oauth bearer jwt cookie cookies dsn webhook webhooks pwd otp csrf"
)
_RANDOM_HEADS = _words("session sid phpsessid jsessionid sessid sessionid sig signature")
_PAIRED_HEADS = {
    "url": _words("webhook hook"),
    "uri": _words("webhook hook"),
    "id": _words("session"),
    "key": _words("session"),
    "header": _words("auth authorization"),
    "hook": _words("slack discord teams"),
}


_NONE = _words(
    "none null nil true false yes no on off required optional disabled enabled "
    "str string bytes bool int float any optional[str] secretstr"
)
"""Values that are none, and the types that code writes after a name."""
_MODES = _words(
    "auto default basic bearer digest oauth oauth2 jwt google adc anonymous ldap iam sso saml "
    "kerberos mtls service_account device password token api_key apikey key login"
)
"""Ways to log in, as `auth` and its like name them."""


def hinted(low: str) -> bool:
    """Return whether a text in small letters may hold a secret's name at all."""
    return any(hint in low for hint in _HINTS)


def gives_away(name: str, value: object) -> bool:
    """Return whether the value of a name is a secret, because the name says so."""
    found = grade(name)
    if found is None or value is None or isinstance(value, bool):
        return False
    if isinstance(value, int | float):
        return found == "any"
    return isinstance(value, str) and _is_secret(value.strip(), name, found)


@lru_cache(maxsize=4096)
def grade(name: str) -> Grade | None:
    """Return which values a name makes secret; None: it makes none.

    Args:
        name: of a parameter, option or variable in any spelling; or a path of names with dots,
            where a secret's name makes secret what is below it: `secrets.storage`.
    """
    if not hinted(name.lower()):
        return None
    words = [word.lower() for word in _WORD.findall(name)]
    if _strong(words):
        return "any"
    # A number at the end only counts: `token_2`.
    while len(words) > 1 and (words[-1].isdigit() or words[-1] in _SAME):
        words.pop()
    if not words:
        return None
    found = _by_head(words[-1], words[-2] if len(words) > 1 else "")
    if found is None and "".join(words[-3:]).endswith(_STRONG_ENDS):
        found = "text"
    return found


def _strong(words: list[str]) -> bool:
    for at, word in enumerate(words):
        before = words[at - 1] if at else ""
        found = word in _STRONG or before in _STRONG_PAIRS.get(word, ())
        found = found or word.endswith(_STRONG_ENDS)
        if found and before not in _COUNTED and not _ABOUT.intersection(words[at + 1 :]):
            return True
    return False


def _by_head(head: str, before: str) -> Grade | None:
    if head == "token" and before not in _TOKEN_OF_LANGUAGE:
        return "text"
    if head == "tokens" and before in _TOKENS_OF_DOORS:
        return "text"
    if head in ("key", "keys") and before in _KEY_OF_DOORS:
        return "text"
    if head in ("pass", "pw") and (not before or before in _PASS_OF):
        return "text"
    if head in _HEADS or before in _PAIRED_HEADS.get(head, ()):
        return "random" if before == "session" else "text"
    return "random" if head in _RANDOM_HEADS else None


def _is_secret(value: str, name: str, found: Grade) -> bool:
    if not value or is_reference(value) or value.lower() in _NONE:
        return False
    if found == "random":
        return looks_random(value)
    short = len(value) < 4 or (value.isdigit() and len(value) < 5)
    if found == "text" and (short or value.lower() in _MODES):
        # A separator of texts, a small number, or a way to log in.
        return False
    return not _is_folder(value, name)


def _is_folder(value: str, name: str) -> bool:
    """Return whether this is the other `pwd`: the working directory."""
    return name.lower().endswith("pwd") and (value[:1] in "/~" or value[1:3] == ":\\")
