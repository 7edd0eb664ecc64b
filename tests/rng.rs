//! Holds the random numbers: the generator's reference values, the distributions, the frozen bits.
//!
//! Seeds are fixed, so these tests pass always or never. Each bound of a statistical test is one
//! that a true generator would miss for about one seed in a thousand or fewer.

use longhand::Rng;

#[test]
fn xoshiro_gives_its_reference_values() {
    // From the reference xoshiro256plusplus.c at prng.di.unimi.it, as frozen in rand_xoshiro's tests.
    let expected = [
        41943041,
        58720359,
        3588806011781223,
        3591011842654386,
        9228616714210784205,
        9973669472204895162,
        14011001112246962877,
        12406186145184390807,
        15849039046786891736,
        10450023813501588000,
    ];
    let mut rng = Rng::from_state([1, 2, 3, 4]).unwrap();
    assert_eq!(expected.map(|_| rng.next_u64()), expected);
    assert_eq!(Rng::from_state([0; 4]), None);
}

#[test]
fn a_seed_gives_the_same_stream_as_in_the_rand_crates() {
    // rand's SmallRng on 64-bit machines is this generator, seeded this way; from its tests.
    let expected = [
        5987356902031041503,
        7051070477665621255,
        6633766593972829180,
        211316841551650330,
        9136120204379184874,
    ];
    let mut rng = Rng::new(0);
    assert_eq!(expected.map(|_| rng.next_u64()), expected);
}

#[test]
fn the_first_values_are_frozen() {
    // From the first run. A change here changes every number in the book.
    let bits = |draw: fn(&mut Rng) -> u64| {
        let mut rng = Rng::new(42);
        [(); 4].map(|()| draw(&mut rng))
    };
    assert_eq!(
        bits(|r| r.uniform::<f64>().to_bits()),
        [4605509828241559245, 4599414989186784204, 4607037350363628701, 4604490487582268166]
    );
    assert_eq!(
        bits(|r| r.uniform::<f32>().to_bits().into()),
        [1062237773, 1050885250, 1065083004, 1060339103]
    );
    assert_eq!(
        bits(|r| r.normal::<f64>().to_bits()),
        [4606226514047906052, 13825528404535870942, 4612005265344876408, 4602928043121899655]
    );
    assert_eq!(
        bits(|r| r.normal::<f32>().to_bits().into()),
        [1063572705, 3203475114, 1074336468, 1057428824]
    );
    assert_eq!(bits(|r| r.below(1000) as u64), [814, 318, 983, 701]);
    assert_eq!(
        bits(|r| r.fork().next_u64()),
        [17360087737608021104, 2544469468640992022, 11359000601261497649, 112396778633798072]
    );
    assert_eq!(Rng::new(42).permutation(10), [5, 3, 1, 0, 9, 6, 4, 7, 2, 8]);

    // And a hundred thousand normals, which meet both pieces of the quantile.
    let mut rng = Rng::new(42);
    let sum =
        (0..100_000).fold(0, |sum: u64, _| sum.rotate_left(1) ^ rng.normal::<f64>().to_bits());
    assert_eq!(sum, 713019552975896043);
}

/// Mean, standard deviation, skewness and excess kurtosis.
fn moments(values: &[f64]) -> [f64; 4] {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let central = |k| values.iter().map(|x| (x - mean).powi(k)).sum::<f64>() / n;
    let std = central(2).sqrt();
    [mean, std, central(3) / std.powi(3), central(4) / std.powi(4) - 3.0]
}

fn close(found: [f64; 4], expected: [f64; 4], within: [f64; 4]) {
    for i in 0..4 {
        let off = (found[i] - expected[i]).abs();
        assert!(off < within[i], "moment {i}: {} is {off} from {}", found[i], expected[i]);
    }
}

/// χ² of observed counts against equal shares.
fn chi_square(counts: &[u32]) -> f64 {
    let share = counts.iter().sum::<u32>() as f64 / counts.len() as f64;
    counts.iter().map(|&count| (f64::from(count) - share).powi(2) / share).sum()
}

#[test]
fn uniform_is_uniform() {
    let mut rng = Rng::new(1);
    let values: Vec<f64> = (0..1_000_000).map(|_| rng.uniform()).collect();
    assert!(values.iter().all(|x| (0.0..1.0).contains(x)));
    // Standard errors of the four: 0.29, 0.13, about 1 and 1, over √n.
    let expected = [0.5, (1.0_f64 / 12.0).sqrt(), 0.0, -1.2];
    close(moments(&values), expected, [0.001, 0.0005, 0.004, 0.004]);

    let mut counts = vec![0; 1000];
    values.iter().for_each(|x| counts[(x * 1000.0) as usize] += 1);
    // 999 degrees of freedom: mean 999, standard deviation 44.7.
    assert!((850.0..1150.0).contains(&chi_square(&counts)), "{}", chi_square(&counts));
}

#[test]
fn uniform_uses_every_digit() {
    let mut rng = Rng::new(2);
    let (mut narrow, mut wide) = (0_u64, 0_u64);
    for _ in 0..200 {
        let x: f32 = rng.uniform();
        narrow |= (x * 2.0_f32.powi(24)) as u64;
        assert_eq!((x * 2.0_f32.powi(24)).fract(), 0.0);
        let y: f64 = rng.uniform();
        wide |= (y * 2.0_f64.powi(53)) as u64;
    }
    assert_eq!((narrow, wide), ((1 << 24) - 1, (1 << 53) - 1));
}

#[test]
fn both_precisions_follow_one_stream() {
    let (mut narrow, mut wide) = (Rng::new(3), Rng::new(3));
    for _ in 0..10_000 {
        let (x, y): (f32, f64) = (narrow.uniform(), wide.uniform());
        assert_eq!(f64::from(x), (y * 2.0_f64.powi(24)).floor() / 2.0_f64.powi(24));
        assert_eq!(narrow.normal::<f32>(), wide.normal::<f64>() as f32);
        assert_eq!(narrow, wide);
    }
}

#[test]
fn uniform_in_never_reaches_its_end() {
    let mut rng = Rng::new(4);
    // One step apart, half of all sums round up to `hi`.
    let (lo, hi) = (1.0_f32, 1.0_f32.next_up());
    assert!((0..1000).all(|_| rng.uniform_in(lo, hi) == lo));
    assert!((0..1000).all(|_| (-1e-45..0.0).contains(&rng.uniform_in(-1e-45_f32, 0.0))));
    let mut values = vec![0.0; 100_000];
    rng.fill_uniform(&mut values, -3.0, 5.0);
    let expected = [1.0, 8.0 / 12.0_f64.sqrt(), 0.0, -1.2];
    close(moments(&values), expected, [0.03, 0.012, 0.01, 0.01]);
}

#[test]
#[should_panic(expected = "no uniform numbers from 1 up to 1")]
fn an_empty_range_is_refused() {
    Rng::new(0).uniform_in(1.0, 1.0);
}

#[test]
#[should_panic(expected = "no uniform numbers from 0 up to NaN")]
fn a_range_to_nan_is_refused() {
    Rng::new(0).fill_uniform(&mut [0.0], 0.0, f64::NAN);
}

#[test]
#[should_panic(expected = "below(0)")]
fn below_zero_is_refused() {
    Rng::new(0).below(0);
}

#[test]
fn normal_is_normal() {
    let mut rng = Rng::new(5);
    let mut values: Vec<f64> = (0..1_000_000).map(|_| rng.normal()).collect();
    // Standard errors: 1, √½, √6, √24, over √n.
    close(moments(&values), [0.0, 1.0, 0.0, 0.0], [0.0033, 0.0024, 0.0081, 0.0162]);

    // Kolmogorov and Smirnov, at z from tables: the largest gap between the share of draws below z
    // and the table's, times √n, is above 1.95 for one seed in a thousand.
    values.sort_by(f64::total_cmp);
    let table = [
        (0.0, 0.5),
        (0.2533471031358, 0.6),
        (0.524400512708041, 0.7),
        (0.841621233572914, 0.8),
        (1.2815515655446, 0.9),
        (2.32634787404084, 0.99),
        (3.09023230616781, 0.999),
    ];
    for (z, expected) in table {
        for (z, expected) in [(z, expected), (-z, 1.0 - expected)] {
            let share = values.partition_point(|&x| x < z) as f64 / 1e6;
            assert!((share - expected).abs() < 1.95e-3, "{share} below {z}, not {expected}");
        }
    }

    let mut values = vec![0.0; 100_000];
    rng.fill_normal(&mut values, -2.0, 3.0);
    let [mean, std, ..] = moments(&values);
    assert!((mean + 2.0).abs() < 0.03 && (std - 3.0).abs() < 0.03, "{mean} {std}");
}

#[test]
fn neighbours_are_unrelated() {
    let mut rng = Rng::new(6);
    let values: Vec<f64> = (0..1_000_000).map(|_| rng.normal()).collect();
    for lag in [1, 2, 3, 4, 5, 100] {
        let sum: f64 = values.iter().zip(&values[lag..]).map(|(a, b)| a * b).sum();
        assert!((sum / 1e6).abs() < 0.0033, "correlation {} at lag {lag}", sum / 1e6);
    }
}

#[test]
fn below_is_even() {
    let mut rng = Rng::new(7);
    for n in [1, 2, 3, 7, 10, 64, 100] {
        let mut counts = vec![0; n];
        (0..n * 10_000).for_each(|_| counts[rng.below(n)] += 1);
        let (freedom, found) = ((n - 1) as f64, chi_square(&counts));
        assert!(found <= freedom + 4.0 * (2.0 * freedom).sqrt(), "n = {n}: χ² = {found}");
    }
}

#[cfg(target_pointer_width = "64")]
#[test]
fn below_throws_the_overhang_away() {
    // 2⁶⁴ / (3·2⁶²) is 4/3: without the second draw the multiples of 3 would come twice as often.
    let (mut rng, n) = (Rng::new(8), 3_usize << 62);
    let mut counts = [0; 3];
    (0..30_000).for_each(|_| counts[rng.below(n) % 3] += 1);
    assert!(chi_square(&counts) < 13.8, "{counts:?}");
}

#[test]
fn permutations_are_permutations() {
    let mut rng = Rng::new(9);
    for n in [0, 1, 2, 10, 60_000] {
        let mut order = rng.permutation(n);
        assert!(n < 10 || order.iter().enumerate().any(|(i, &x)| i != x));
        order.sort_unstable();
        assert!(order.into_iter().eq(0..n));
    }
    let mut words = ["one", "two", "three"];
    rng.shuffle(&mut words);
    words.sort_unstable();
    assert_eq!(words, ["one", "three", "two"]);
}

#[test]
fn every_order_is_equally_likely() {
    let mut rng = Rng::new(10);
    let mut counts = [0; 256];
    for _ in 0..240_000 {
        let code = rng.permutation(4).into_iter().fold(0, |code, x| 4 * code + x);
        counts[code] += 1;
    }
    let seen: Vec<u32> = counts.into_iter().filter(|&count| count > 0).collect();
    assert_eq!(seen.len(), 24);
    // 23 degrees of freedom: above 49.7 for one seed in a thousand.
    assert!(chi_square(&seen) < 49.7, "{}", chi_square(&seen));
}

#[test]
fn forks_go_their_own_ways() {
    let mut parent = Rng::new(11);
    let mut streams = vec![parent.fork(), parent.fork()];
    let grandchild = streams[0].fork();
    streams.extend([grandchild, parent, Rng::new(11), Rng::new(12)]);
    let draws: Vec<Vec<f64>> =
        streams.iter_mut().map(|rng| (0..100_000).map(|_| rng.normal()).collect()).collect();
    for i in 0..draws.len() {
        for j in 0..i {
            let sum: f64 = draws[i].iter().zip(&draws[j]).map(|(a, b)| a * b).sum();
            assert!((sum / 1e5).abs() < 0.0105, "streams {i} and {j}: {}", sum / 1e5);
        }
    }
    // What a fork draws does not change what its parent draws.
    let (mut one, mut two) = (Rng::new(13), Rng::new(13));
    one.fork().next_u64();
    two.fork().permutation(100);
    assert_eq!(one.next_u64(), two.next_u64());
}

#[test]
fn a_saved_state_goes_on() {
    let mut rng = Rng::new(14);
    rng.permutation(17);
    let mut later = Rng::from_state(rng.state()).unwrap();
    assert_eq!(later.normal::<f64>(), rng.normal::<f64>());
}
