"""A dozen real models on scikit-learn's digits, each logged as a run: a workbook in half a minute.

    pip install '.[examples]' && python examples/digits.py

Trains on 8 x 8 pictures of handwritten digits, which scikit-learn has on board: nothing is
downloaded. Each run keeps its model and a picture of what it confuses, in the folder beside the
workbook.
"""

import tempfile
import time
from pathlib import Path

import joblib
from matplotlib.figure import Figure
from sklearn.datasets import load_digits
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import ConfusionMatrixDisplay, accuracy_score, f1_score
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

import sheetlog

SEED = 0
MODELS = {
    "logistic C=1": LogisticRegression(C=1.0, max_iter=500),
    "logistic C=0.01": LogisticRegression(C=0.01, max_iter=500),
    "svm rbf": SVC(C=10.0, gamma=0.02),
    "svm linear": SVC(C=1.0, kernel="linear"),
    "3 neighbours": KNeighborsClassifier(n_neighbors=3),
    "15 neighbours": KNeighborsClassifier(n_neighbors=15),
    "tree": DecisionTreeClassifier(max_depth=10, random_state=SEED),
    "forest 50": RandomForestClassifier(n_estimators=50, random_state=SEED),
    "forest 300": RandomForestClassifier(n_estimators=300, random_state=SEED),
    "extra trees": ExtraTreesClassifier(n_estimators=300, random_state=SEED),
    "mlp 64": MLPClassifier(hidden_layer_sizes=(64,), max_iter=300, random_state=SEED),
    "mlp 64-64": MLPClassifier(hidden_layer_sizes=(64, 64), max_iter=300, random_state=SEED),
}


def confusion(true, predicted) -> Figure:
    """Return a picture of which digits are taken for which."""
    figure = Figure(figsize=(4, 3), layout="tight")
    shown = ConfusionMatrixDisplay.from_predictions(
        true,
        predicted,
        ax=figure.subplots(),
        cmap="Blues",
        colorbar=False,
        include_values=False,
        im_kw={"vmax": 5},  # the few that are wrong are what is looked for
    )
    shown.ax_.set(xlabel="", ylabel="")
    return figure


def main() -> None:
    """Train and log each model; the last line says where the rows are."""
    images, labels = load_digits(return_X_y=True)
    x_train, x_test, y_train, y_test = train_test_split(
        images, labels, test_size=0.3, random_state=SEED, stratify=labels
    )
    sheetlog.configure(template="classification", quiet=True)
    for name, model in MODELS.items():
        pipeline = make_pipeline(StandardScaler(), model)
        begin = time.perf_counter()
        pipeline.fit(x_train, y_train)
        seconds = time.perf_counter() - begin
        predicted = pipeline.predict(x_test)
        metrics = {
            "accuracy": accuracy_score(y_test, predicted),
            "f1": f1_score(y_test, predicted, average="macro"),
            "train_accuracy": accuracy_score(y_train, pipeline.predict(x_train)),
            "train_seconds": seconds,
        }
        curve = getattr(model, "loss_curve_", None)
        if curve is not None:
            metrics["loss"] = curve
        changed = {
            k: v for k, v in model.get_params().items() if v != type(model)().get_params()[k]
        }
        with tempfile.TemporaryDirectory() as folder:
            kept = Path(folder, "model.joblib")
            joblib.dump(pipeline, kept, compress=3)
            receipt = sheetlog.log(
                {"model": type(model).__name__, **changed},
                metrics,
                name=name,
                artifacts={"confusion": confusion(y_test, predicted), "model": kept},
            )
        print(f"{name:16} accuracy {metrics['accuracy']:.3f}")
    print(f"\n{len(MODELS)} runs: {receipt.url}")


if __name__ == "__main__":
    main()
