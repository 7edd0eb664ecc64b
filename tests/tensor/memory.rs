//! Shared elements, changed copies, and memory that is used again.

use crate::uneven;
use longhand::Tensor;

#[test]
fn clones_share_until_one_is_written() {
    let a = uneven::<f32>([100, 300], 1);
    let before = a.data().to_vec();
    let mut b = a.clone();
    assert!(a.shares_memory_with(&b));
    b[[3, 5]] = 42.0;
    assert!(!a.shares_memory_with(&b));
    assert_eq!(a.data(), before);
    assert_eq!(b[[3, 5]], 42.0);

    let changes: [fn(&mut Tensor); 6] = [
        |t| *t += 1.0,
        |t| *t *= &Tensor::full([300], 2.0),
        |t| t.apply(|x| x - 3.0),
        |t| t.update(&Tensor::ones([100, 1]), |x, y| x / (y + y)),
        |t| t.data_mut().fill(0.0),
        |t| *t = -t.clone(),
    ];
    for change in changes {
        let reshaped = a.reshape([300, 100]);
        let mut c = a.clone();
        change(&mut c);
        assert_ne!(c, a);
        assert_eq!(a.data(), before);
        assert_eq!(reshaped.data(), before);
    }
}

#[test]
fn an_unshared_tensor_is_changed_where_it_is() {
    let mut a = uneven::<f32>([1000], 2);
    let place = a.data().as_ptr();
    a += 1.0;
    a.apply(|x| x * x);
    a[[7]] = 0.0;
    assert_eq!(a.data().as_ptr(), place);
    let vec = (a * 2.0).into_vec();
    assert_eq!(vec.as_ptr(), place);
}

#[test]
fn into_vec_copies_what_is_shared() {
    let a = uneven::<f32>([40_000], 3);
    let b = a.clone();
    let mut taken = b.into_vec();
    taken[0] = 99.0;
    assert_ne!(a.data()[0], 99.0);
    assert_eq!(a.data()[1..], taken[1..]);
}

#[test]
fn an_operand_may_be_the_result_too() {
    let a = uneven::<f32>([500, 80], 4);
    let mut b = a.clone();
    let same = b.clone();
    b += &same;
    assert_eq!(b, &a * 2.0);
    let c = a.zip(&a, |x, y| x - y);
    assert!(c.data().iter().all(|&x| x == 0.0));
}

/// Lets go of buffers full of NaN, so that whatever forgets to write an element shows it.
fn poison(sizes: &[usize]) {
    for &size in sizes {
        let held: Vec<Tensor> = (0..4).map(|_| Tensor::full([size], f32::NAN)).collect();
        drop(held);
    }
}

#[test]
fn stale_buffers_never_show() {
    let (m, n) = (256, 160);
    let sizes = [m * n, m * n / 2, m * n * 2, m * 200, m * m, n * n, 2 * m * n, m * n + 16_384];
    let a = uneven::<f32>([m, n], 5);
    let row = uneven::<f32>([n], 6);
    let picks: Vec<usize> = (0..m).map(|i| i * 7 % m).collect();
    type Operation<'a> = (&'a str, Box<dyn Fn() -> Tensor + 'a>);
    let operations: Vec<Operation> = vec![
        ("zeros", Box::new(|| Tensor::zeros([m, n]))),
        ("one_hot", Box::new(|| Tensor::one_hot(&picks, m))),
        ("eye", Box::new(|| Tensor::eye(m))),
        ("map", Box::new(|| a.map(|x| x + 1.0))),
        ("zip", Box::new(|| &a + &row)),
        ("zip of a column", Box::new(|| &a * &a.slice(1, 3..4))),
        ("expand", Box::new(|| row.expand([m, n]))),
        ("expand a number", Box::new(|| Tensor::scalar(1.0).expand([m, n]))),
        (
            "clone and write",
            Box::new(|| {
                let mut b = a.clone();
                b[[0, 0]] = 1.0;
                b
            }),
        ),
        ("cast", Box::new(|| a.cast::<f64>().cast())),
        ("transpose", Box::new(|| a.t())),
        ("permute", Box::new(|| a.reshape([16, 16, n]).permute(&[2, 0, 1]))),
        ("slice", Box::new(|| a.slice(1, 0..n / 2))),
        ("rows", Box::new(|| a.rows(0..m / 2))),
        ("gather", Box::new(|| a.gather_rows(&picks))),
        ("scatter", Box::new(|| a.scatter_rows(&picks, m))),
        ("concat", Box::new(|| Tensor::concat(&[&a, &a], 1))),
        ("select", Box::new(|| a.gt(&row).select(&a, &row))),
        ("sum_axis", Box::new(|| a.expand([3, m, n]).sum_axis(0))),
        ("inner sum_axis", Box::new(|| a.reshape([m, n, 1]).expand([m, n, 2]).sum_axis(-1))),
        ("sum over nothing", Box::new(|| Tensor::zeros([0, m, n]).sum_axis(0))),
        ("max_axis", Box::new(|| a.expand([3, m, n]).max_axis(0))),
        ("matmul", Box::new(|| a.matmul(&a.t()))),
        ("matmul over nothing", Box::new(|| Tensor::zeros([m, 0]).matmul(&Tensor::zeros([0, n])))),
        ("matmul_tn", Box::new(|| a.matmul_tn(&a))),
        ("matmul_nt", Box::new(|| a.matmul_nt(&a))),
        ("einsum", Box::new(|| longhand::tensor::einsum("bi,bj->ij", &[&a, &a]))),
    ];
    for (name, operation) in &operations {
        let clean = operation();
        assert!(clean.data().iter().all(|x| x.is_finite()), "{name}");
        for _ in 0..3 {
            poison(&sizes);
            let again = operation();
            assert!(again.same_bits(&clean), "{name} shows what its memory held before");
        }
    }
}
