"""Small trainings of every kind, for the scripts that kill them: what a run goes through, not what it learns."""

NETWORK = "--hidden 12 --latent 3"

#: Name and options of each training; each takes about a tenth of a second where nothing else runs.
TRAININGS = {
    "adam": f"{NETWORK} --optimizer adam --epochs 12",
    "adamw-decay-clip": f"{NETWORK} --optimizer adamw --weight-decay 0.01 --clip-norm 5 --epochs 12",
    "sgd": f"{NETWORK} --optimizer sgd --learning-rate 0.0005 --epochs 12",
    "momentum": f"{NETWORK} --optimizer momentum --learning-rate 0.0001 --warmup 10 --epochs 12",
    "rmsprop": f"{NETWORK} --optimizer rmsprop --schedule linear --epochs 12",
    "muon": f"{NETWORK} --optimizer muon --epochs 12",
    "soap": "--hidden 6 --latent 2 --optimizer soap --epochs 8",
    "kfac": "--hidden 6 --latent 2 --optimizer kfac --epochs 4",
    "lbfgs": f"{NETWORK} --optimizer lbfgs --epochs 8",
    "lion": f"{NETWORK} --optimizer lion --epochs 12",
    "stages": f"{NETWORK} --optimizer adam --schedule stages --epochs 12",
    "no-shuffle": f"{NETWORK} --optimizer adam --no-shuffle --epochs 24",
    "start-pca": f"{NETWORK} --loss squared-error --start pca --epochs 8",
    "linear": "--variant linear --latent 3 --epochs 12",
    "vae": "--variant vae --hidden 12 --latent 2 --binarise stochastic --noise masking:0.1 --beta-warmup 5 --epochs 8",
    "vae-learned": "--variant vae --hidden 12 --latent 2 --likelihood gaussian:learned --optimizer momentum"
                   " --learning-rate 1e-6 --epochs 8",
    "vae-free-bits": "--variant vae --hidden 12 --latent 2 --free-bits 0.1 --beta 2 --epochs 8",
    "iwae": "--variant vae --hidden 12 --latent 2 --importance-samples 4 --epochs 5",
    "conditional": "--variant vae --hidden 12 --latent 2 --conditional --epochs 8",
    "student-t": f"{NETWORK} --loss student-t:3:0.2 --epochs 8",
    "laplace": f"{NETWORK} --loss laplace:0.1 --epochs 8",
    "denoising": "--variant denoising --hidden 12 --latent 3 --noise gaussian:0.3 --epochs 8",
    "salt-and-pepper": "--variant denoising --hidden 12 --latent 3 --noise salt-and-pepper:0.2 --epochs 8",
    "contractive": "--variant contractive --latent 4 --epochs 8",
    "sparse-l1": "--variant sparse-l1 --latent 12 --epochs 8",
    "sparse-kl-running": "--variant sparse-kl --latent 12 --kl-sparsity 0.05,3 --kl-mean running --epochs 8",
    "average": f"{NETWORK} --optimizer adam --average 0.99 --epochs 12",
    "validation": f"{NETWORK} --optimizer adamw --validation 0.2 --patience 2 --learning-rate 0.02"
                  " --schedule constant --epochs 12",
    "validation-average": f"{NETWORK} --validation 0.2 --average 0.9 --epochs 10",
    "conv": "--variant conv --channels 2,3 --latent 3 --epochs 4",
    "conv-pooled-rate": "--variant conv --channels 2,3 --pooling max --latent 3 --rate-weight 0.01"
                        " --quantisation-noise 1 --epochs 4",
    "conv-vae": "--variant conv-vae --channels 2,3 --latent 2 --epochs 4",
    "rate": f"{NETWORK} --rate-weight 0.1 --epochs 8",
    "composed": "--encoder dense:12:relu,layer-norm,dropout:0.2,dense:3 --decoder dense:12:relu,dense --epochs 8",
}

#: The data of all of them: four steps an epoch with `--batch`.
DATA = "digits:120:1"
BATCH = "--batch 32"
