"""Fits scikit-learn's PCA to MNIST, loaded as float32 as a user would, and prints the seconds of the fit and the
process's peak memory in megabytes. Usage: sklearn_pca.py IMAGES SIZE SOLVER"""
import resource
import sys
import time
import mnist
from sklearn.decomposition import PCA

images = mnist.load(sys.argv[1])
start = time.perf_counter()
PCA(int(sys.argv[2]), svd_solver=sys.argv[3], random_state=0).fit(images)
print(time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
