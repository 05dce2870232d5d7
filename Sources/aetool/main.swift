import Linalg
print(BLASLibrary.configuration, BLASLibrary.core)
