"""What is a secret and what only sounds like one: names, looks, texts, command lines, URLs."""

import json
from datetime import UTC, datetime

import pytest

from sheetlog.record import Link
from sheetlog.redact import MARK, Rules, command, finds, redact, text, url

NO_RULES = Rules()

SECRET_NAMES = [
    "password",
    "passwd",
    "pwd",
    "PWD",
    "passphrase",
    "pass",
    "pw",
    "db_password",
    "DB_PASSWORD",
    "dbPassword",
    "db.password",
    "userPassword",
    "root_passwd",
    "mysql_pwd",
    "smtp_pass",
    "password1",
    "password_2",
    "PGPASSWORD",
    "mypassword",
    "admin-password",
    "secret",
    "secrets",
    "SECRET",
    "client_secret",
    "clientSecret",
    "client-secret",
    "app_secret",
    "aws_secret_access_key",
    "AWS_SECRET_ACCESS_KEY",
    "secret_key",
    "SECRET_KEY_BASE",
    "django.secret_key",
    "jwt_secret",
    "webhook_secret",
    "token",
    "TOKEN",
    "api_token",
    "apiToken",
    "access_token",
    "accessToken",
    "refresh_token",
    "HF_TOKEN",
    "hf_token",
    "hfToken",
    "hub_token",
    "HUGGING_FACE_HUB_TOKEN",
    "huggingface_token",
    "GITHUB_TOKEN",
    "github.token",
    "gitlab-token",
    "bot_token",
    "slack_bot_token",
    "user_token",
    "auth_token",
    "authToken",
    "AUTH_TOKEN",
    "use_auth_token",
    "id_token",
    "sas_token",
    "MLFLOW_TRACKING_TOKEN",
    "NEPTUNE_API_TOKEN",
    "databricks_token",
    "csrf_token",
    "deploy_token",
    "HF_TOKEN_READ",
    "access_tokens",
    "token_2",
    "private_token",
    "personal_access_token",
    "api_key",
    "apikey",
    "apiKey",
    "API_KEY",
    "ApiKey",
    "api-key",
    "api.key",
    "x-api-key",
    "wandb_api_key",
    "WANDB_API_KEY",
    "wandbApiKey",
    "openaiApiKey",
    "OPENAI_API_KEY",
    "anthropic_api_key",
    "OpenAIKey",
    "openai_key",
    "wandb_key",
    "comet_key",
    "api_keys",
    "API_KEY_PROD",
    "google.apiKey",
    "azure_storage_key",
    "access_key",
    "AccessKey",
    "accessKeyId",
    "s3.access_key",
    "account_key",
    "AccountKey",
    "private_key",
    "privateKey",
    "private_key_id",
    "ssh_key",
    "encryption_key",
    "signing_key",
    "master_key",
    "license_key",
    "hmac_key",
    "fernet_key",
    "credential",
    "credentials",
    "aws_credentials",
    "creds",
    "GOOGLE_APPLICATION_CREDENTIALS",
    "credentials.user",
    "auth",
    "basic_auth",
    "http_auth",
    "authorization",
    "Authorization",
    "proxy-authorization",
    "bearer",
    "bearer_token",
    "oauth",
    "jwt",
    "cookie",
    "cookies",
    "session_cookie",
    "dsn",
    "sentry_dsn",
    "connection_string",
    "connectionString",
    "conn_str",
    "webhook",
    "slack_webhook",
    "webhook_url",
    "slackWebhookUrl",
    "secrets.storage",
]

INNOCENT_NAMES = [
    "use_cls_token",
    "num_memory_tokens",
    "max_tokens",
    "tokenizer",
    "token_dim",
    "mask_token",
    "pad_token",
    "eos_token",
    "eos_token_id",
    "bos_token_id",
    "pad_token_id",
    "special_tokens",
    "n_tokens",
    "tokens_per_second",
    "max_new_tokens",
    "token_embedding",
    "tokens",
    "num_tokens",
    "token_ids",
    "token_type_ids",
    "token_count",
    "total_tokens",
    "class_token",
    "cls_token",
    "distill_token",
    "tokenizer_name",
    "tokenizer.padding_side",
    "token_mixing",
    "tokenization",
    "tokens_seen",
    "img_token_len",
    "image_token_index",
    "image_token",
    "num_register_tokens",
    "decoder_start_token_id",
    "sep_token",
    "unk_token",
    "additional_special_tokens",
    "forced_bos_token_id",
    "min_new_tokens",
    "max_token",
    "train_tokens",
    "prompt_tokens",
    "completion_tokens",
    "token_level",
    "token_drop_rate",
    "token_pruning",
    "budget_tokens",
    "thinking_budget_tokens",
    "tokens_per_batch",
    "max_tokens_per_gpu",
    "byte_per_token",
    "next_token_loss",
    "author",
    "authors",
    "authority",
    "secretary",
    "keyword",
    "keywords",
    "key",
    "keys",
    "query_key",
    "num_kv_heads",
    "monkey",
    "key_dim",
    "query_key_value",
    "key_padding_mask",
    "kv_cache",
    "prng_key",
    "rng_key",
    "sort_key",
    "label_key",
    "image_key",
    "metric_key",
    "primary_key",
    "num_keys",
    "keypoints",
    "keypoint_loss",
    "hotkey",
    "turkey",
    "cache_key",
    "s3_key",
    "linear_key",
    "public_key",
    "passthrough",
    "num_passes",
    "forward_pass",
    "backward_pass",
    "two_pass",
    "low_pass",
    "high_pass_filter",
    "pass_rate",
    "single_pass",
    "compass",
    "bypass",
    "pass_through",
    "passages",
    "n_passages",
    "session_length",
    "session_config",
    "n_sessions",
    "cookie_cutter",
    "cookiecutter",
    "author_id",
    "secret_santa_count",
    "password_length",
    "password_policy",
    "min_password_length",
    "credentials_path",
    "credentials_file",
    "api_key_env",
    "api_key_env_var",
    "token_file",
    "password_file",
    "secret_name",
    "token_type",
    "auth_type",
    "auth_method",
    "authenticated",
    "webhook_port",
    "webhook_enabled",
    "accredited",
    "credit_score",
    "conn",
    "connections",
    "max_connections",
    "pin_memory",
    "hidden_size",
    "oauthlib_version",
    "discount",
    "assigned",
    "design",
    "sigma",
    "significance",
    "spawn",
    "pwconv",
    "secretion",
    "passenger",
    "bpe_tokens",
    "word_token",
    "lang_token",
    "mask_token_prob",
    "cls.token",
    "model.mask.token",
]

BODY = "Ab3dE6gH1jK4mN7pQ0sT5vW8yZ2bC9eF"
HEX = "0123456789abcdef" * 2
LOOKS = {
    "aws": "AKI" + "A" + "IOSFODNN7EXAMPLQ",
    "aws temporary": "ASI" + "A" + "IOSFODNN7EXAMPLQ",
    "google": "AIz" + "a" + BODY + "xYz",
    "google token": "ya2" + "9." + BODY,
    "google client": "GOC" + "SPX-" + BODY[:28],
    "google refresh": "1/" + "/0" + BODY,
    "github": "gh" + "p_" + BODY + "abcd",
    "github oauth": "gh" + "o_" + BODY + "abcd",
    "github fine": "github" + "_pat_" + BODY + "_" + BODY,
    "gitlab": "glp" + "at-" + BODY[:20],
    "slack bot": "xox" + "b-123456789012-" + BODY,
    "slack app": "xap" + "p-1-" + BODY,
    "openai": "s" + "k-" + BODY + BODY[:16],
    "openai project": "s" + "k-proj-" + BODY + "-_" + BODY,
    "anthropic": "s" + "k-ant-api03-" + BODY + "-" + BODY,
    "openrouter": "s" + "k-or-v1-" + HEX,
    "hugging face": "h" + "f_" + BODY + "ab",
    "wandb new": "wandb" + "_v1_" + BODY + BODY,
    "npm": "np" + "m_" + BODY + "abcd",
    "pypi": "pyp" + "i-AgEIcHlwaS5vcmc" + BODY,
    "stripe": "s" + "k_live_" + BODY,
    "stripe restricted": "r" + "k_test_" + BODY,
    "twilio": "S" + "K" + HEX,
    "sendgrid": "S" + "G." + BODY[:22] + "." + BODY + BODY[:11],
    "mailgun": "ke" + "y-" + HEX,
    "telegram": "123456789" + ":AA" + BODY + "x",
    "databricks": "dap" + "i" + HEX,
    "digitalocean": "dop" + "_v1_" + HEX + HEX,
    "groq": "gs" + "k_" + BODY + BODY,
    "replicate": "r" + "8_" + BODY + "abcde",
    "nvidia": "nva" + "pi-" + BODY + BODY,
    "langsmith": "lsv" + "2_pt_" + HEX + "_0123456789",
    "notion": "nt" + "n_" + BODY + BODY,
    "docker": "dckr" + "_pat_" + BODY,
    "kaggle": "KGA" + "T_" + HEX,
    "vault": "hv" + "s." + BODY,
    "neptune": "eyJhcGlf" + "YWRkcmVzcyI6" + BODY,
    "jwt": "ey" + "JhbGciOiJIUzI1NiJ9." + "ey" + "JzdWIiOiIxMjM0In0." + BODY,
    "bearer": "Bear" + "er " + BODY,
    "slack hook": "https://hooks.slack.com/serv" + "ices/T00000000/B00000000/" + BODY[:24],
    "discord hook": "https://discord.com/api/web" + "hooks/123456789012345678/" + BODY,
    "url": "https://bob:" + "hunter2@github.com/org/repo.git",
    "url token": "https://" + BODY + "@github.com/org/repo.git",
    "dsn": "postgresql://admin:" + "p@ss#w0rd@db.example.com:5432/runs",
    "redis": "redis://:" + "hunter2@localhost:6379/0",
    "signed": "https://s3.amazonaws.com/b/k?X-Amz-Signature=" + HEX + "&x=1",
    "query": "https://api.example.com/v1?model=a&api_key=" + BODY[:12],
    "azure": "DefaultEndpointsProtocol=https;AccountName=acc;AccountKey="
    + BODY
    + "==;EndpointSuffix=x",
    "pem": "-----BEGIN RSA PRIVATE KEY-----\nMIIEow" + BODY + "\n-----END RSA PRIVATE KEY-----",
    "age": "AGE-SECRET" + "-KEY-1" + "Q" * 58,
}


@pytest.mark.parametrize("name", SECRET_NAMES)
def test_a_secret_name_hides_its_text(name: str) -> None:
    """A name that says secret, in any spelling, hides what it names."""
    key = f"params.{name}"
    assert ({key: MARK}, (key,)) == redact({key: "Xk7-hunter2-Qp9z"}, NO_RULES)


@pytest.mark.parametrize("name", INNOCENT_NAMES)
def test_an_innocent_name_hides_nothing(name: str) -> None:
    """A name of machine learning's own is no secret's, though it has the word in it."""
    key = f"params.{name}"
    for value in ("Xk7-hunter2-Qp9z", 7, 0.5, True, "[CLS]", "a b"):
        assert ({key: value}, ()) == redact({key: value}, NO_RULES)


@pytest.mark.parametrize("secret", LOOKS.values(), ids=LOOKS)
@pytest.mark.parametrize("frame", ["{}", "see {} for it", '["a", "{}"]', "x={}\n", "\\n{}\\n"])
def test_what_looks_like_a_secret_goes_under_any_name(secret: str, frame: str) -> None:
    """A service's token, a private key, a password in a URL: gone, wherever it stands."""
    whole = frame.replace("{}", secret.replace("\n", "\\n") if "[" in frame else secret)
    clean, keys = redact({"params.model": whole}, NO_RULES)
    assert ("params.model",) == keys
    left = str(clean["params.model"])
    assert MARK in left
    for part in (BODY[:12], HEX[:16], "hunter2", "w0rd", "IOSFODNN7", "Q" * 20):
        assert part not in left


ALLOWED_LOOKS = [
    "curl -u bob:${TOKEN} https://x.org", "connect(password=password)", "curl -u $USER:$TOKEN https://x.org",
    "resnet50", "sk-learn-pipeline-with-many-parts", "hf_hub_download_with_a_long_name", "Bearer of news",
    "https://github.com/org/repo.git", "ssh://git@github.com/org/repo.git", "git@github.com:org/repo",
    "https://host:8080/path/a@b", "http://localhost:6006", "s3://bucket/key@v2", "file:///C:/a@b",
    "docker://image@sha256:" + HEX, HEX, HEX + "01234567", "0b1c2d3e-1111-2222-3333-444455556666",
    "gs://b/tokens.bin", "a=b", "lr=0.1 momentum=0.9", "tokens: 300", "the token: a unit of text",
    "token = tokenizer.encode(x)", "self.token = token", "password: str | None = None", "max_tokens=512",
    "f(token=token, api_key=self.api_key)", "api_key = os.environ['OPENAI_API_KEY']", "if token == eos:",
    "export HF_TOKEN=${HF_TOKEN}", "--token $HF_TOKEN --api-key ${KEY}", "https://${USER}:${TOKEN}@host/x",
    "usage: train [--token TOKEN] [--api-key API_KEY]", "key: value", "query_key=abcdef123456",
    '{"cls_token": "[CLS]", "max_tokens": 3}', '{"eos_token": "</s>", "pad_token": "<pad>"}',
    "mask_token='<mask>'", "use --max-tokens 512", "https://x.org/?page=2&max_tokens=12#key-points",
    "-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----", "password=***", "api_key=[redacted]",
    'token="<|endoftext|>"', "x@y.org", "%env HF_HOME /cache", "eyJ.nothing", "AKIA", "pass: 3 of 4",
    '{"a":1,"b":[1e-3,2]}', '["a","b"]', '{"a": NaN}', "def f(headers, token=None): ...", "the api key is only used here", "the password is missing",
    "auth: basic", "n_secrets: 64", "<token>3</token>", "set token to it",
]  # fmt: skip


@pytest.mark.parametrize("value", ALLOWED_LOOKS)
def test_ordinary_texts_stay_as_they_are(value: str) -> None:
    """Paths, hashes, addresses, code that only names a secret, and references to one all stay."""
    assert value == text(value)
    assert [] == finds(value)


TEXTS = [
    "password=hunter2", "PASSWORD=hunter2 python x.py", "export WANDB_API_KEY=hunter2", "token: hunter2",
    "+    token: hunter2\n", "password: hunter2, user: bob", 'api_key = "hunter2"', "api_key='hunter2'",
    "{'api_key': 'hunter2'}", '{"password": "hunter2"}', '{\\"password\\": \\"hunter2\\"}',
    'os.environ["HF_TOKEN"] = "hunter2"', 'os.environ[\\"HF_TOKEN\\"] = \\"hunter2\\"\\n',
    'os.environ.setdefault("HF_TOKEN", "hunter2")', "%env HF_TOKEN hunter2", "%env HF_TOKEN=hunter2",
    "ENV API_TOKEN hunter2", "python a.py --api-key hunter2", "python a.py --api-key=hunter2 -v",
    "python a.py --password 'hunter2'", '["--token", "hunter2"]', "login(token='hunter2')",
    'parser.add_argument("--api-key", default="hunter2")', "curl -u bob:hunter2 https://x.org",
    "curl -H 'Authorization: Basic hunter2=='", "Authorization: token hunter2", "X-Api-Key: hunter2",
    "my password is hunter2", "API key: hunter2", "the API key is hunter2", "sshpass -p hunter2 ssh h",
    "machine api.wandb.ai login user password hunter2", "Server=x;User=y;Password=hunter2;Port=1",
    "redis:6380,password=hunter2=,ssl=True", "auth=('bob', 'hunter2')", 'secrets: ["hunter2"]',
    "password = hunter2", '"""\npassword = """hunter2"""', "db_password := hunter2", "apikey=hunter2",
    "https://x.org/?token=hunter2", "https://x.org/#access_token=hunter2", 'token = f"hunter2"',
    "password: 'hunter2", '"token" => "hunter2"', "train.py +db.password=hunter2 lr=1", "pwd=hunter2",
    "https://a.org/?x=1&amp;token=hunter2", "client_secret\t=\thunter2",
    "db:\n  password: |\n    hunter2\n", "<password>hunter2</password>", "(password=hunter2).",
    "<property type='x' name='y'>1</property><db.password>hunter2</db.password>",
    "setx HF_TOKEN hunter2", "aws configure set aws_secret_access_key hunter2", "password=hunter2:",
    "docker login -u bob -p hunter2 ghcr.io", "token=abcdef012345" + "x" * 2000 + "hunter2",
    "--token abcdef012345" + "x" * 2000 + "hunter2",
]  # fmt: skip


@pytest.mark.parametrize("value", TEXTS)
def test_a_secret_beside_its_name_is_found_in_a_text(value: str) -> None:
    """In shells, code, diffs, YAML, notebooks, headers and prose."""
    assert "hunter2" not in text(value)
    assert finds(value)
    assert text(value) == text(text(value))
    clean, keys = redact({"run.notes": value}, NO_RULES)
    assert "hunter2" not in str(clean)
    assert ("run.notes",) == keys


def test_what_is_not_secret_in_a_text_stays() -> None:
    """Only the secret itself is cut out."""
    assert f"lr=1 --api-key {MARK} --epochs 3" == text("lr=1 --api-key hunter2 --epochs 3")
    assert f'{{"user": "bob", "password": "{MARK}", "n": 1}}' == text(
        '{"user": "bob", "password": "hunter2", "n": 1}'
    )
    assert f"postgres://{MARK}@db/x" == text("postgres://u:hunter2@db/x")
    assert f"AccountName=a;AccountKey={MARK};E=x" == text(
        "AccountName=a;AccountKey=hunter2abc==;E=x"
    )


def test_findings_say_where_and_what() -> None:
    """A finding has the place of the secret and its kind in words."""
    token = LOOKS["github"]
    value = f"clone with {token} and password=hunter2"
    assert [(token, "GitHub token"), ("hunter2", "value of 'password'")] == [
        (value[each.start : each.end], each.kind) for each in finds(value)
    ]


NUMBERS = [
    ("params.password", 1234, MARK), ("params.password", 12.5, MARK), ("params.api_key", 99, MARK),
    ("params.max_token", 3, 3), ("params.token", 3, 3), ("params.pass", 2, 2), ("params.auth", 1, 1),
    ("params.password", True, True), ("params.use_auth_token", True, True), ("params.secret", None, None),
    ("metrics.recall.password", 0.5, 0.5), ("metrics.secret", 3, 3), ("params.password", "", ""),
    ("params.password", "1234", MARK), ("params.token", "12", "12"), ("params.token", "123456", MARK),
    ("params.token", "<s>", "<s>"), ("params.token", "${HF_TOKEN}", "${HF_TOKEN}"),
    ("params.password", "${oc.env:DB_PASSWORD}", "${oc.env:DB_PASSWORD}"),
    ("params.password", "${oc.env:PW,hunter2}", MARK), ("params.password", "$ecret12", MARK),
    ("params.api_key", "$API_KEY", "$API_KEY"), ("params.auth", "none", "none"),
    ("params.auth", "oauth2", "oauth2"), ("params.password", "google", MARK), ("params.secret_dim", 64, 64),
    ("params.password_embedding_dim", 64, 64), ("params.secret.hidden.n_layers", 2, 2), ("params.pwd", "/data", "/data"),
    ("params.session", "2024-01-02", "2024-01-02"), ("params.session", "morning", "morning"),
    ("params.session_id", "a8f5f167f44f4964e6c998dee827110c", MARK), ("params.api_key", "****", "****"),
    ("params.hub_token", "<HUB_TOKEN>", "<HUB_TOKEN>"), ("params.password", '["a", "b"]', MARK),
]  # fmt: skip


@pytest.mark.parametrize(("key", "value", "expected"), NUMBERS)
def test_kinds_of_value_under_secret_names(key: str, value: object, expected: object) -> None:
    """A password may be a number; a count, a switch, a reference and an empty text are no secrets."""
    assert ({key: expected}, () if value is expected else (key,)) == redact({key: value}, NO_RULES)


def test_json_inside_a_value_is_searched_at_every_depth() -> None:
    """A name hides all that is below it, and a list of words is read as a command line."""
    value = json.dumps(
        {
            "db": {"password": ["hunter2", {"x": "hunter2"}], "n": 1},
            "argv": ["--token", "hunter2", "--n", "3"],
        }
    )
    expected = {
        "db": {"password": [MARK, {"x": MARK}], "n": 1},
        "argv": ["--token", MARK, "--n", "3"],
    }
    assert expected == json.loads(text(value))
    quoted = json.dumps(json.dumps({"secrets": {"a": {"b": "hunter2"}}}))
    assert {"secrets": {"a": {"b": MARK}}} == json.loads(json.loads(text(quoted)))


def test_json_keeps_its_lines() -> None:
    """A notebook stays a notebook."""
    value = json.dumps({"cells": [{"source": ['token = "hunter2"\n']}]}, indent=1)
    assert value.replace("hunter2", MARK) == text(value)


def test_a_key_that_is_a_secret_is_cleaned_too() -> None:
    """Two secrets that were keys stay two values."""
    first, second = LOOKS["github"], LOOKS["hugging face"]
    clean, keys = redact({f"params.{first}": 1, f"params.{second}": 2}, NO_RULES)
    assert {f"params.{MARK}": 1, f"params.{MARK}~2": 2} == clean
    assert tuple(clean) == keys


def test_rules_deny_over_looks_over_allow_over_names() -> None:
    """What people deny always goes; what they allow goes only where it looks like a secret."""
    token = LOOKS["github"]
    values = {
        "params.token": "abcdef",
        "params.a.token": token,
        "params.lr": 0.1,
        "params.b.token": "abcdef",
    }
    rules = Rules(allow=("*token",), deny=("params.l?", "b.*"))
    expected = {
        "params.token": "abcdef",
        "params.a.token": MARK,
        "params.lr": MARK,
        "params.b.token": MARK,
    }
    assert (expected, ("params.a.token", "params.lr", "params.b.token")) == redact(values, rules)


def test_other_kinds_of_value_pass() -> None:
    """Times and curves hold no secrets; a link keeps its size and loses what is secret in it."""
    moment = datetime(2024, 1, 2, tzinfo=UTC)
    link = Link(text="m", url="https://u:hunter2@x.org/a?sig=hunter2&b=1", size=3)
    clean, keys = redact({"params.token": moment, "artifacts.m": link}, NO_RULES)
    assert {
        "params.token": moment,
        "artifacts.m": Link(text="m", url="https://x.org/a?b=1", size=3),
    } == clean
    assert ("artifacts.m",) == keys


COMMANDS = [
    (["a.py", "--api-key", "hunter2", "--lr", "1"], ["a.py", "--api-key", MARK, "--lr", "1"]),
    (["a.py", "--password=hunter2"], ["a.py", f"--password={MARK}"]),
    (["TOKEN=hunter2", "a.py"], [f"TOKEN={MARK}", "a.py"]),
    (["a.py", "+db.password=hunter2", "~x"], ["a.py", f"+db.password={MARK}", "~x"]),
    (["a.py", "--token", "--lr", "1"], ["a.py", "--token", "--lr", "1"]),
    (["a.py", "--max-tokens", "512", "--tokenizer", "bpe"], ["a.py", "--max-tokens", "512", "--tokenizer", "bpe"]),
    (["a.py", "--password", "1234"], ["a.py", "--password", MARK]),
    (["a.py", "-c", "token='hunter2'"], ["a.py", "-c", f"token={MARK}"]),
    (["git", "clone", "https://u:hunter2@x.org/r"], ["git", "clone", f"https://{MARK}@x.org/r"]),
    ([], []),
]  # fmt: skip


@pytest.mark.parametrize(("argv", "expected"), COMMANDS)
def test_command_lines(argv: list[str], expected: list[str]) -> None:
    """Options with their value beside them or after `=`, and assignments."""
    assert expected == command(argv)


URLS = [
    ("https://u:p@github.com/o/r.git", "https://github.com/o/r.git"),
    ("https://token@github.com/o/r.git", "https://github.com/o/r.git"),
    ("ssh://git@github.com/o/r.git", "ssh://git@github.com/o/r.git"),
    ("git@github.com:o/r.git", "git@github.com:o/r.git"),
    ("https://x.org/a?b=1&api_key=hunter2&c=2#d", "https://x.org/a?b=1&c=2#d"),
    ("https://x.org/a?token=hunter2&c=2", "https://x.org/a?c=2"),
    ("https://x.org/a?token=hunter2#d", "https://x.org/a#d"),
    ("https://x.org/a?token=hunter2", "https://x.org/a"),
    ("https://x.org/a?max_tokens=3&page=2", "https://x.org/a?max_tokens=3&page=2"),
    ("https://x.org:8080/@a/b?x", "https://x.org:8080/@a/b?x"),
    ("", ""),
]  # fmt: skip


@pytest.mark.parametrize(("value", "expected"), URLS)
def test_urls_still_open(value: str, expected: str) -> None:
    """User info and secret parameters go without a trace, so that the rest is an address still."""
    assert expected == url(value)


HOSTILE = [
    "eyJ" * 330_000, "eyJaaaaa." * 110_000, "sk-" * 330_000, "://" * 330_000, "://a:" * 200_000,
    "a" * 1_000_000, "-----BEGIN RSA PRIVATE KEY-----" * 30_000, "token=" * 160_000, "--token " * 120_000,
    "password" * 120_000, "'" * 1_000_000, "token='\\" * 120_000, "?a=" * 330_000, "[" * 1_000_000,
    "[" * 500_000 + "]" * 500_000, "curl -u " * 120_000, "wandbkey" * 120_000, "machine " * 120_000,
    "token = [" * 100_000, 'password="' * 100_000, "Bearer " * 140_000, "username " * 110_000,
    "-----BEGIN RSA PRIVATE KEY-----" * 15_000 + "-----END RSA PRIVATE KEY-----", "\\" * 1_000_000,
    'setenv("TOKEN",' * 60_000, '"--token"' * 100_000 + "default", "a=b&" * 250_000, "\ud800=" * 300_000,
]  # fmt: skip


@pytest.mark.parametrize("value", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_texts_of_a_million_characters_end(value: str) -> None:
    """No pattern runs for ever: each of these would take one that is not linear hours."""
    assert isinstance(text(value), str)
