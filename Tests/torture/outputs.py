"""A command for every kind of output, for the scripts that make writing fail."""

#: Name, the command's words, its outputs. IN is the folder of what is read, OUT that of what is written; DATA and MODEL
#: stand for two sets of data and two models, so that old outputs differ from new ones.
OUTPUTS = {
    "train-model": ("train --data DATA --hidden 8 --latent 2 --epochs 2 --model OUT/m.safetensors", ["m.safetensors"]),
    "train-checkpoint": (
        "train --data DATA --hidden 8 --latent 2 --epochs 2 --model OUT/m.safetensors --checkpoint OUT/c.safetensors",
        ["m.safetensors", "c.safetensors"]),
    "train-log": (
        "train --data DATA --hidden 8 --latent 2 --epochs 3 --model OUT/m.safetensors --log OUT/l.jsonl",
        ["m.safetensors", "l.jsonl"]),
    "train-pca": ("train --data DATA --variant pca --latent 3 --model OUT/m.safetensors", ["m.safetensors"]),
    "encode-npy": ("encode --model IN/MODEL --data DATA --out OUT/o.npy", ["o.npy"]),
    "encode-csv": ("encode --model IN/MODEL --data DATA --out OUT/o.csv", ["o.csv"]),
    "decode-npy": ("decode --model IN/MODEL --data IN/codes.npy --out OUT/o.npy", ["o.npy"]),
    "reconstruct-npy": ("reconstruct --model IN/MODEL --data DATA --out OUT/o.npy", ["o.npy"]),
    "reconstruct-png": ("reconstruct --model IN/MODEL --data DATA --out OUT/o.png", ["o.png"]),
    "compress": ("compress --model IN/MODEL --data DATA --chunk 10 --out OUT/o.aez", ["o.aez"]),
    "compress-embedded": ("compress --model IN/MODEL --data DATA --embed-model --out OUT/o.aez", ["o.aez"]),
    "compress-bounded": ("compress --model IN/MODEL --data DATA --max-error 0.1 --out OUT/o.aez", ["o.aez"]),
    "decompress-npy": ("decompress --data IN/MODEL.aez --out OUT/o.npy", ["o.npy"]),
    "decompress-csv": ("decompress --data IN/MODEL.aez --out OUT/o.csv", ["o.csv"]),
    "decompress-png": ("decompress --data IN/MODEL.aez --out OUT/o.png", ["o.png"]),
    "evaluate": ("evaluate --model IN/MODEL --data DATA --picture OUT/o.svg --scores OUT/s.csv", ["o.svg", "s.csv"]),
    "filters": ("filters --model IN/MODEL --out OUT/o.png", ["o.png"]),
    "activations": ("activations --model IN/MODEL --data DATA --out OUT/o.csv", ["o.csv"]),
    "vector-field": ("vector-field --model IN/plane-MODEL --data spiral:50:2 --out OUT/o.svg", ["o.svg"]),
    "sample": ("sample --model IN/vae-MODEL --out OUT/o.png", ["o.png"]),
    "latent-grid": ("latent-grid --model IN/vae-MODEL --size 3 --out OUT/o.png", ["o.png"]),
    "traverse": ("traverse --model IN/vae-MODEL --out OUT/o.gif", ["o.gif"]),
    "interpolate": ("interpolate --model IN/vae-MODEL --data DATA --from 1 --to 2 --out OUT/o.gif", ["o.gif"]),
    "latent-scatter": ("latent-scatter --model IN/vae-MODEL --data DATA --out OUT/o.svg", ["o.svg"]),
    "explore": ("explore --model IN/vae-MODEL --data DATA --out OUT/o.html", ["o.html"]),
    "report": ("report --model IN/MODEL --data DATA --log IN/MODEL.jsonl --out OUT/o.html", ["o.html"]),
    "loss-ablation": ("loss-ablation --data DATA --hidden 8 --epochs 1 --out OUT/o.svg", ["o.svg"]),
    "curves": ("curves --logs IN/MODEL.jsonl --out OUT/o.svg", ["o.svg"]),
    "pca-compare": ("pca-compare --data DATA --test digits:20:7 --latent 2 --out OUT/folder", ["folder"]),
    "rate-distortion": ("rate-distortion --data DATA --model IN/MODEL --out OUT/folder", ["folder"]),
}

NEW = {"DATA": "digits:60:1", "MODEL": "new"}
OLD = {"DATA": "digits:50:2", "MODEL": "old"}


def prepare(torture, folder):
    """Makes what the commands read."""
    for words in (OLD, NEW):
        name, seed = words["MODEL"], str(len(words["DATA"] + words["MODEL"]) + ord(words["MODEL"][0]))
        small = ["--hidden", "8", "--latent", "2", "--epochs", "2", "--seed", seed]
        torture.must("train", "--data", "digits:100:1", *small, "--model", f"{folder}/{name}",
                     "--log", f"{folder}/{name}.jsonl")
        torture.must("train", "--data", "digits:100:1", "--variant", "vae", *small, "--model", f"{folder}/vae-{name}")
        torture.must("train", "--data", "spiral:100:1", *small, "--model", f"{folder}/plane-{name}")
        torture.must("compress", "--model", f"{folder}/{name}", "--data", words["DATA"], "--chunk", "10",
                     "--embed-model", "--out", f"{folder}/{name}.aez")
    torture.must("encode", "--model", f"{folder}/new", "--data", "digits:50:2", "--out", f"{folder}/codes.npy")


def command(words, out, folder, values):
    """Returns a command's words with folders, data and model put in."""
    filled = []
    for word in words.split():
        word = word.replace("OUT/", out + "/").replace("IN/", folder + "/")
        for name, value in values.items():
            word = word.replace(name, value)
        filled.append(word)
    return filled
