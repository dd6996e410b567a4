"""A sweep of 300 runs with scikit-learn: three kinds of model, settings by chance, three seeds.

    pip install '.[examples]' && python examples/sweep.py
    sheetlog export report.xlsx --sheet sweep.xlsx

Trains on 8 x 8 pictures of handwritten digits, which scikit-learn has on board: nothing is
downloaded.
"""

import argparse
import random
import time
import warnings

from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import SGDClassifier
from sklearn.metrics import accuracy_score, log_loss
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler

import sheetlog

CHANCE = random.Random(0)  # noqa: S311  a sweep is no secret


def chosen(number: int) -> dict[str, object]:
    """Return the settings of one configuration."""
    kind = ("mlp", "forest", "linear")[number % 3]
    lr = round(10 ** CHANCE.uniform(-4, -1), 6)
    if kind == "mlp":
        return {
            "model": kind, "lr": lr, "alpha": round(10 ** CHANCE.uniform(-6, -1), 8),
            "hidden": CHANCE.choice([16, 32, 64]), "activation": CHANCE.choice(["relu", "tanh"]),
        }  # fmt: skip
    if kind == "forest":
        return {
            "model": kind, "trees": CHANCE.choice([5, 10, 20, 40]),
            "depth": CHANCE.choice([3, 5, 8, 12]), "features": CHANCE.choice(["sqrt", "log2"]),
        }  # fmt: skip
    return {"model": kind, "lr": lr, "alpha": round(10 ** CHANCE.uniform(-6, -1), 8)}


def model_of(params: dict[str, object], seed: int) -> object:
    """Return the model that the settings describe."""
    if params["model"] == "mlp":
        return MLPClassifier(
            (params["hidden"],), learning_rate_init=params["lr"], alpha=params["alpha"],
            activation=params["activation"], max_iter=12, random_state=seed,
        )  # fmt: skip
    if params["model"] == "forest":
        return RandomForestClassifier(
            params["trees"], max_depth=params["depth"], max_features=params["features"],
            random_state=seed,
        )  # fmt: skip
    return SGDClassifier(
        loss="log_loss", learning_rate="constant", eta0=params["lr"], alpha=params["alpha"],
        max_iter=12, tol=None, random_state=seed,
    )  # fmt: skip


def main() -> None:
    """Train and log the runs."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=300)
    parser.add_argument("--sheet", default="sweep.xlsx")
    given = parser.parse_args()
    images, labels = load_digits(return_X_y=True)
    images = StandardScaler().fit_transform(images)
    data = train_test_split(images, labels, test_size=0.3, random_state=0, stratify=labels)
    x_train, x_test, y_train, y_test = data
    sheetlog.configure(template="sweep", quiet=True, sheet=given.sheet)
    for number in range(given.runs):
        if number % 3 == 0:
            params = chosen(number // 3)
        seed = number % 3
        model = model_of(params, seed)
        begin = time.perf_counter()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a model that hasn't converged is one more result
            model.fit(x_train, y_train)
        metrics = {
            "accuracy": accuracy_score(y_test, model.predict(x_test)),
            "test_loss": log_loss(y_test, model.predict_proba(x_test)),
            "seconds": time.perf_counter() - begin,
        }
        if hasattr(model, "loss_curve_"):
            metrics["loss"] = model.loss_curve_
        name = f"{params['model']} {number // 3}.{seed}"
        receipt = sheetlog.log({**params, "seed": seed}, metrics, name=name)
    print(f"{given.runs} runs: {receipt.url}")


if __name__ == "__main__":
    main()
