"""Functions for the tests of python_file_mapper."""


def shout(sample):
    return {"text": sample["text"].upper() + "!"}


def count_words(sample):
    sample["words"] = len(sample["text"].split())
    return sample


def only_long(sample):
    return {"long": True} if len(sample["text"]) > 4 else [sample]


def broken(sample):
    raise RuntimeError("no")


def nested(sample):
    return {"meta": {"length": len(sample["text"]), "first": sample["text"][:1]}}


def typed(sample):
    return {"type": type(sample["text"]).__name__, "keys": sorted(sample)}


def twice(samples):
    return {key: values * 2 for key, values in samples.items()}


def none(samples):
    return {key: [] for key in samples}


def spread(samples):
    return {"text": [part for text in samples["text"] for part in text.split()]}
