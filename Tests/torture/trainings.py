"""Small trainings of every kind, for the scripts that kill them: what a run goes through, not what it learns."""

NETWORK = "--hidden 12 --latent 3"

#: Name and options of each training; each takes some tenths of a second.
TRAININGS = {
    "adam": f"{NETWORK} --optimizer adam --epochs 40",
    "adamw-decay-clip": f"{NETWORK} --optimizer adamw --weight-decay 0.01 --clip-norm 5 --epochs 40",
    "sgd": f"{NETWORK} --optimizer sgd --learning-rate 0.0005 --epochs 40",
    "momentum": f"{NETWORK} --optimizer momentum --learning-rate 0.0001 --warmup 20 --epochs 40",
    "rmsprop": f"{NETWORK} --optimizer rmsprop --schedule linear --epochs 40",
    "muon": f"{NETWORK} --optimizer muon --epochs 30",
    "soap": "--hidden 6 --latent 2 --optimizer soap --epochs 6",
    "kfac": "--hidden 6 --latent 2 --optimizer kfac --epochs 6",
    "lbfgs": f"{NETWORK} --optimizer lbfgs --epochs 20",
    "lion": f"{NETWORK} --optimizer lion --epochs 40",
    "stages": f"{NETWORK} --optimizer adam --schedule stages --epochs 30",
    "no-shuffle": f"{NETWORK} --optimizer adam --no-shuffle --epochs 30",
    "start-pca": f"{NETWORK} --loss squared-error --start pca --epochs 20",
    "linear": "--variant linear --latent 3 --epochs 30",
    "vae": "--variant vae --hidden 12 --latent 2 --binarise stochastic --noise masking:0.1 --beta-warmup 5 --epochs 20",
    "vae-learned": "--variant vae --hidden 12 --latent 2 --likelihood gaussian:learned --optimizer momentum"
                   " --learning-rate 1e-6 --epochs 20",
    "vae-free-bits": "--variant vae --hidden 12 --latent 2 --free-bits 0.1 --beta 2 --epochs 20",
    "iwae": "--variant vae --hidden 12 --latent 2 --importance-samples 4 --epochs 10",
    "conditional": "--variant vae --hidden 12 --latent 2 --conditional --epochs 15",
    "student-t": f"{NETWORK} --loss student-t:3:0.2 --epochs 20",
    "laplace": f"{NETWORK} --loss laplace:0.1 --epochs 20",
    "denoising": "--variant denoising --hidden 12 --latent 3 --noise gaussian:0.3 --epochs 20",
    "salt-and-pepper": "--variant denoising --hidden 12 --latent 3 --noise salt-and-pepper:0.2 --epochs 20",
    "contractive": "--variant contractive --latent 4 --epochs 15",
    "sparse-l1": "--variant sparse-l1 --latent 12 --epochs 20",
    "sparse-kl-running": "--variant sparse-kl --latent 12 --kl-sparsity 0.05,3 --kl-mean running --epochs 20",
    "average": f"{NETWORK} --optimizer adam --average 0.99 --epochs 30",
    "validation": f"{NETWORK} --optimizer adamw --validation 0.2 --patience 4 --learning-rate 0.02"
                  " --schedule constant --epochs 40",
    "validation-average": f"{NETWORK} --validation 0.2 --average 0.9 --epochs 25",
    "conv": "--variant conv --channels 2,3 --latent 3 --epochs 5",
    "conv-pooled-rate": "--variant conv --channels 2,3 --pooling max --latent 3 --rate-weight 0.01"
                        " --quantisation-noise 1 --epochs 5",
    "conv-vae": "--variant conv-vae --channels 2,3 --latent 2 --epochs 5",
    "rate": f"{NETWORK} --rate-weight 0.1 --epochs 20",
    "composed": "--encoder dense:12:relu,layer-norm,dropout:0.2,dense:3 --decoder dense:12:relu,dense --epochs 20",
}

#: The data of all of them: four steps an epoch with `--batch`.
DATA = "digits:120:1"
BATCH = "--batch 32"
